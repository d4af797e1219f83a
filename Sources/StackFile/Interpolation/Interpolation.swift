import OrderedCollections

/// Puts variables into the values of a tree; keys are left as they are.
struct Interpolation {
    let variables: Variables
    /// Where each variable of the text came from, in the files' order.
    private(set) var uses: [VariableUse] = []
    /// Each missing variable is named once in a load.
    private var warned: Set<String> = []
    /// What interpolated texts may still add up to, in bytes.
    private var budget = 64 << 20

    /// More uses than anybody reads.
    private static let mostUses = 100_000
    /// A longer text isn't searched for where its variables came from, in bytes.
    private static let longestTraced = 1 << 16

    init(variables: Variables) { self.variables = variables }

    /// The same bookkeeping with other variables, for an included file; ``join(_:)`` brings it back.
    func nested(_ variables: Variables) -> Interpolation {
        var copy = Interpolation(variables: variables)
        copy.warned = warned
        copy.budget = budget
        return copy
    }

    mutating func join(_ nested: Interpolation) {
        uses += nested.uses
        warned = nested.warned
        budget = nested.budget
    }

    mutating func apply(to node: Node, _ path: Path, _ findings: inout Findings) -> Node {
        switch node.value {
        case .string(let text):
            guard text.utf8.contains(UInt8(ascii: "$")) else { return node }
            return node.with(.string(expand(text, at: node.mark, path, &findings)))
        case .list(let items):
            var result: [Node] = []
            result.reserveCapacity(items.count)
            for (index, item) in items.enumerated() { result.append(apply(to: item, path.index(index), &findings)) }
            return node.with(.list(result))
        case .map(var mapping):
            for (key, entry) in mapping.entries {
                mapping.entries[key]?.node = apply(to: entry.node, path.key(key), &findings)
            }
            return node.with(.map(mapping))
        case .null, .boolean, .integer, .float: return node
        }
    }

    /// Notes the uses of variables without putting anything in.
    mutating func note(_ node: Node, _ path: Path, _ findings: Findings) {
        switch node.value {
        case .string(let text): trace(text, at: node.mark, path, findings)
        case .list(let items):
            for (index, item) in items.enumerated() { note(item, path.index(index), findings) }
        case .map(let mapping):
            for (key, entry) in mapping.entries { note(entry.node, path.key(key), findings) }
        case .null, .boolean, .integer, .float: break
        }
    }

    private mutating func trace(_ text: String, at mark: Mark?, _ path: Path, _ findings: Findings) {
        guard uses.count < Self.mostUses, text.utf8.count < Self.longestTraced,
            text.utf8.contains(UInt8(ascii: "$"))
        else { return }
        uses += VariableTrace(variables: variables, text: text, position: findings.position(mark), path: path).uses()
    }

    mutating func expand(_ text: String, at mark: Mark?, _ path: Path, _ findings: inout Findings) -> String {
        let missing = Missing()
        let variables = variables
        trace(text, at: mark, path, findings)
        do throws(Template.Failure) {
            let result = try Template.expand(
                text, limit: min(budget, 4 << 20), lookup: { variables[$0] }, missing: { missing.names.append($0) })
            budget -= result.utf8.count
            for name in missing.names where warned.insert(name).inserted {
                findings.warning(
                    "The \"\(name)\" variable is not set. Defaulting to a blank string.", at: mark, path)
            }
            return result
        } catch {
            findings.error(error.message(in: text), at: mark, path, suggestion: suggestion(for: error))
            return text
        }
    }

    private func suggestion(for failure: Template.Failure) -> String? {
        switch failure {
        case .invalid: "write $$ for a dollar sign that is meant as one"
        case .required(let name, _): "set \(name) in the shell or in the .env file"
        case .tooDeep, .tooLong: nil
        }
    }

    /// What a template reports while it is expanded.
    private final class Missing {
        var names: [String] = []
    }
}
