import Diagnostics
import StackFile

/// The fields are described in docs/diagnostics.md.
extension Explanation {
    static func json(_ entry: Entry) -> JSONText {
        var fields: [(String, JSONText)] = [("name", .string(entry.name))]
        if let value = entry.value { fields.append(("value", .string(value))) }
        fields.append(("source", json(entry.source)))
        fields.append(("shadowed", .array(entry.shadowed.map(json))))
        fields.append(("uses", .array(entry.uses.map(json))))
        fields.append(("containers", .array(entry.containers.map(json))))
        return .object(fields)
    }

    private static func json(_ source: VariableSource) -> JSONText {
        var fields: [(String, JSONText)] = [("kind", .string(source.kind.rawValue))]
        if let value = source.value { fields.append(("value", .string(value))) }
        return .object(fields + place(source.position))
    }

    private static func json(_ use: VariableUse) -> JSONText {
        .object(
            [
                ("path", .string(use.path)), ("operator", .string(use.operator.rawValue)),
                ("operand", .string(use.operand)), ("text", .string(use.text)), ("value", .string(use.value)),
                ("reached", .boolean(use.isReached)),
                ("source", json(use.source)), ("shadowed", .array(use.shadowed.map(json))),
            ] + place(use.position))
    }

    private static func json(_ variable: ContainerVariable) -> JSONText {
        var fields: [(String, JSONText)] = [("service", .string(variable.service))]
        if let value = variable.value { fields.append(("value", .string(value))) }
        fields.append(("source", json(variable.source)))
        fields.append(("shadowed", .array(variable.shadowed.map(json))))
        return .object(fields)
    }

    private static func place(_ position: Position?) -> [(String, JSONText)] {
        guard let position else { return [] }
        return [
            ("file", .string(position.file)), ("line", .number(Int64(position.line))),
            ("column", .number(Int64(position.column))),
        ]
    }
}
