/// A template as Go's `text/template` reads it, with the functions that Docker adds.
public struct Template: Equatable, Sendable {
    private let nodes: [TemplateNode]
    /// The fields of the value that it names, wherever that is.
    public let fields: Set<String>

    public init(_ text: String) throws(TemplateError) {
        var lexer = TemplateLexer(text)
        var fields: Set<String> = []
        for case .action(let tokens) in try lexer.pieces() {
            for case .field(let path) in tokens { if let name = path.first { fields.insert(name) } }
        }
        self.fields = fields
        var parser = try TemplateParser(text)
        nodes = try parser.parse()
    }

    /// The text for a value.
    public func render(_ value: TemplateValue) throws(TemplateError) -> String {
        var run = TemplateRun(root: value)
        try run.perform(nodes, dot: value)
        return run.output
    }
}

private struct TemplateRun {
    private(set) var output = ""
    private var variables: [(name: String, value: TemplateValue)]

    /// How a list of nodes ended.
    private enum Flow { case through, next, leave }

    init(root: TemplateValue) { variables = [("", root)] }

    mutating func perform(_ nodes: [TemplateNode], dot: TemplateValue) throws(TemplateError) {
        _ = try flow(nodes, dot)
    }

    /// Variables that are made in it end with it.
    private mutating func flow(_ nodes: [TemplateNode], _ dot: TemplateValue) throws(TemplateError) -> Flow {
        let count = variables.count
        defer { variables.removeSubrange(count...) }
        for node in nodes {
            let end = try perform(node, dot)
            if end != .through { return end }
        }
        return .through
    }

    private mutating func perform(_ node: TemplateNode, _ dot: TemplateValue) throws(TemplateError) -> Flow {
        switch node {
        case .text(let text): output += text
        case .output(let pipeline):
            let value = try evaluate(pipeline, dot)
            if pipeline.variable == nil { output += value.printed }
        case .assignment(let name, let pipeline):
            let value = try evaluate(pipeline, dot)
            guard let index = variables.lastIndex(where: { $0.name == name }) else { throw Self.undefined(name) }
            variables[index].value = value
        case .condition(let pipeline, let then, let otherwise):
            let count = variables.count
            defer { variables.removeSubrange(count...) }
            return try flow(try evaluate(pipeline, dot).isTrue ? then : otherwise, dot)
        case .scope(let pipeline, let then, let otherwise):
            let count = variables.count
            defer { variables.removeSubrange(count...) }
            let value = try evaluate(pipeline, dot)
            return value.isTrue ? try flow(then, value) : try flow(otherwise, dot)
        case .loop(let index, let element, let pipeline, let body, let otherwise):
            return try loop(index, element, try evaluate(pipeline, dot), body, otherwise, dot)
        case .leave: return .leave
        case .next: return .next
        }
        return .through
    }

    private mutating func loop(
        _ index: String?, _ element: String?, _ over: TemplateValue, _ body: [TemplateNode],
        _ otherwise: [TemplateNode], _ dot: TemplateValue
    ) throws(TemplateError) -> Flow {
        let pairs: [(TemplateValue, TemplateValue)]
        switch over {
        case .list(let values): pairs = values.enumerated().map { (.integer(Int64($0.offset)), $0.element) }
        case .object(let fields): pairs = TemplateValue.sorted(fields).map { (.text($0.name), $0.value) }
        case .integer(let count) where count <= 1 << 20:
            pairs = (0..<max(0, count)).map { (.integer($0), .integer($0)) }
        case .null: pairs = []
        default: throw TemplateError("template: range can't iterate over \(over.printed)")
        }
        if pairs.isEmpty { return try flow(otherwise, dot) }
        for (key, value) in pairs {
            let count = variables.count
            defer { variables.removeSubrange(count...) }
            if let index { variables.append((index, key)) }
            if let element { variables.append((element, value)) }
            if try flow(body, value) == .leave { break }
        }
        return .through
    }

    private mutating func evaluate(
        _ pipeline: TemplatePipeline, _ dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        var result: TemplateValue?
        for call in pipeline.calls { result = try evaluate(call, dot, last: result) }
        let value = result ?? .null
        if let name = pipeline.variable { variables.append((name, value)) }
        return value
    }

    private mutating func evaluate(
        _ call: [TemplateOperand], _ dot: TemplateValue, last: TemplateValue?
    ) throws(TemplateError) -> TemplateValue {
        let words = call.dropFirst()
        switch call[0] {
        case .function(let name) where name == "and" || name == "or":
            return try decide(name, Array(words), dot, last)
        case .function(let name):
            var arguments: [TemplateValue] = []
            for word in words { arguments.append(try value(word, dot)) }
            return try TemplateFunctions.call(name, arguments + (last.map { [$0] } ?? []))
        case .field(let path) where path.last == "Label" && words.count == 1:
            let labels = try Self.follow(path.dropLast() + ["Labels"], from: dot)
            return Self.label(try value(words[1], dot).printed, of: labels)
        default:
            guard words.isEmpty && last == nil else {
                throw TemplateError("template: can't give argument to non-function \(call[0].text)")
            }
            return try value(call[0], dot)
        }
    }

    /// `and` and `or` look at no more arguments than they need.
    private mutating func decide(
        _ name: String, _ words: [TemplateOperand], _ dot: TemplateValue, _ last: TemplateValue?
    ) throws(TemplateError) -> TemplateValue {
        var result = TemplateValue.null
        for word in words {
            result = try value(word, dot)
            if result.isTrue == (name == "or") { return result }
        }
        return last ?? result
    }

    private mutating func value(_ word: TemplateOperand, _ dot: TemplateValue) throws(TemplateError) -> TemplateValue {
        switch word {
        case .constant(let value): return value
        case .field(let path): return try Self.follow(path[...], from: dot)
        case .variable(let name, let path):
            guard let found = variables.last(where: { $0.name == name }) else { throw Self.undefined(name) }
            return try Self.follow(path[...], from: found.value)
        case .function(let name): return try TemplateFunctions.call(name, [])
        case .nested(let pipeline, let path): return try Self.follow(path[...], from: try evaluate(pipeline, dot))
        }
    }

    private static func follow(
        _ path: ArraySlice<String>, from value: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        var result = value
        for name in path {
            switch result {
            case .object:
                guard let found = result[name] else {
                    throw TemplateError(
                        "template: executing \"\" at <.\(path.joined(separator: "."))>: "
                            + "map has no entry for key \"\(name)\"")
                }
                result = found
            case .null: throw TemplateError("template: nil pointer evaluating .\(name)")
            default: throw TemplateError("template: can't evaluate field \(name) in \(result.printed)")
            }
        }
        return result
    }

    private static func undefined(_ name: String) -> TemplateError {
        TemplateError("template: undefined variable \"$\(name)\"")
    }

    /// Docker's `.Label "key"`: labels are a map, or `key=value,…` in what lists.
    private static func label(_ key: String, of labels: TemplateValue) -> TemplateValue {
        if let found = labels[key] { return found }
        guard case .text(let text) = labels else { return .text("") }
        let pair = text.split(separator: ",").first { $0.hasPrefix(key + "=") }
        return .text(pair.map { String($0.dropFirst(key.count + 1)) } ?? "")
    }
}

extension TemplateOperand {
    fileprivate var text: String {
        switch self {
        case .constant(let value): value.printed
        case .field(let path): "." + path.joined(separator: ".")
        case .variable(let name, let path): (["$" + name] + path).joined(separator: ".")
        case .function(let name): name
        case .nested: "(…)"
        }
    }
}
