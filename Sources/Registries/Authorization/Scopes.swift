/// What a token has to permit: actions on repositories, in the form of the distribution specification's token page.
struct Scopes: Hashable, Sendable {
    private var actions: [String: Set<String>] = [:]

    /// Nothing: enough to see whether a credential holds.
    static let none = Scopes()

    static func pull(_ repository: String) -> Scopes { Scopes(actions: [repository: ["pull"]]) }
    static func push(_ repository: String) -> Scopes { Scopes(actions: [repository: ["pull", "push"]]) }

    func union(_ other: Scopes) -> Scopes {
        Scopes(actions: actions.merging(other.actions) { $0.union($1) })
    }

    /// Adds the scopes that a challenge names, `repository:PATH:ACTION,ACTION …`; those of another kind are left out.
    func union(challenged text: String) -> Scopes {
        var result = self
        for scope in text.split(separator: " ") {
            let parts = scope.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count >= 3, parts[0] == "repository", let last = parts.last else { continue }
            let repository = parts[1..<(parts.count - 1)].joined(separator: ":")
            result.actions[repository, default: []].formUnion(last.split(separator: ",").map(String.init))
        }
        return result
    }

    /// `repository:a/b:pull,push`, in a stable order.
    var texts: [String] {
        actions.sorted { $0.key < $1.key }.map { "repository:\($0.key):\($0.value.sorted().joined(separator: ","))" }
    }
}
