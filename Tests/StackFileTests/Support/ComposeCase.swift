import Testing

@testable import StackFile

/// Files and an environment, to be loaded by Roost, and by Docker Compose beside it.
struct ComposeCase: Sendable, CustomTestStringConvertible {
    var name: String
    /// `compose.yaml` and whatever else it needs.
    var files: [String: String]
    var environment: [String: String]
    /// `-f`; empty: the default search.
    var order: [String] = []
    var profiles: [String] = []

    /// `text` is a whole compose.yaml.
    init(
        _ name: String, _ text: String, files: [String: String] = [:], environment: [String: String] = [:],
        order: [String] = [], profiles: [String] = []
    ) {
        self.name = name
        self.files = files
        self.files["compose.yaml"] = text
        self.environment = environment
        self.order = order
        self.profiles = profiles
    }

    /// One service `a` with these attributes.
    static func service(
        _ name: String, _ attributes: String, files: [String: String] = [:], environment: [String: String] = [:]
    ) -> ComposeCase {
        let indented = attributes.split(separator: "\n", omittingEmptySubsequences: false)
            .map { "    " + $0 }.joined(separator: "\n")
        return ComposeCase(
            name, "services:\n  a:\n    image: busybox\n" + indented + "\n", files: files, environment: environment)
    }

    var testDescription: String { name }

    func request(in directory: String) -> LoadRequest {
        var request = LoadRequest(
            environment: ReferenceCompose.shell.merging(environment) { $1 }, currentDirectory: directory)
        request.files = order
        request.profiles = profiles
        return request
    }

    var arguments: [String] {
        order.flatMap { ["-f", $0] } + profiles.flatMap { ["--profile", $0] }
    }
}

extension Node {
    /// Equal as JSON values: order of keys aside, 1 and 1.0 alike.
    static func sameValue(_ left: Node, _ right: Node) -> Bool {
        switch (left.value, right.value) {
        case (.null, .null): true
        case (.boolean(let one), .boolean(let other)): one == other
        case (.string(let one), .string(let other)): one == other
        case (.list(let one), .list(let other)):
            one.count == other.count && zip(one, other).allSatisfy { sameValue($0, $1) }
        case (.map(let one), .map(let other)):
            one.count == other.count
                && one.keys.allSatisfy { key in
                    guard let first = one[key], let second = other[key] else { return false }
                    return sameValue(first, second)
                }
        default:
            if let one = left.number, let other = right.number { one == other } else { false }
        }
    }

    /// Where the two differ, for a message.
    static func differences(_ left: Node, _ right: Node, _ path: Path = Path()) -> [String] {
        if case .map(let one) = left.value, case .map(let other) = right.value {
            return Set(one.keys + other.keys).sorted().flatMap { key -> [String] in
                guard let first = one[key] else { return ["\(path.key(key)): only Docker has it"] }
                guard let second = other[key] else { return ["\(path.key(key)): only Roost has it"] }
                return differences(first, second, path.key(key))
            }
        }
        if sameValue(left, right) { return [] }
        let writer = JSONWriter(isIndented: false)
        return ["\(path): Roost \(writer.text(of: left)), Docker \(writer.text(of: right))"]
    }
}
