/// Pieces → nodes.
struct TemplateParser {
    private let pieces: [TemplatePiece]
    private var index = 0
    private static let deepest = 100

    init(_ text: String) throws(TemplateError) {
        var lexer = TemplateLexer(text)
        pieces = try lexer.pieces()
    }

    mutating func parse() throws(TemplateError) -> [TemplateNode] {
        let (nodes, end) = try block(depth: 0)
        if let end { throw Self.error("unexpected {{\(end.word)}}") }
        return nodes
    }

    /// What ended a block: `end`, or `else` with what follows it.
    private struct BlockEnd {
        var word: String
        var rest: [TemplateToken]
    }

    private static func error(_ text: String) -> TemplateError { TemplateError("template parsing error: \(text)") }

    private mutating func block(depth: Int) throws(TemplateError) -> ([TemplateNode], BlockEnd?) {
        guard depth < Self.deepest else { throw Self.error("too deep") }
        var nodes: [TemplateNode] = []
        while index < pieces.count {
            let piece = pieces[index]
            index += 1
            switch piece {
            case .text(let text): nodes.append(.text(text))
            case .action(let tokens):
                if case .word(let word)? = tokens.first, word == "end" || word == "else" {
                    return (nodes, BlockEnd(word: word, rest: Array(tokens.dropFirst())))
                }
                nodes.append(try node(tokens, depth: depth))
            }
        }
        return (nodes, nil)
    }

    private mutating func node(_ tokens: [TemplateToken], depth: Int) throws(TemplateError) -> TemplateNode {
        guard let first = tokens.first else { throw Self.error("missing value for command") }
        let rest = Array(tokens.dropFirst())
        switch first {
        case .word("if"):
            let pipeline = try Self.pipeline(rest)
            let (then, otherwise) = try branches(depth)
            return .condition(pipeline, then: then, otherwise: otherwise)
        case .word("with"):
            let pipeline = try Self.pipeline(rest)
            let (then, otherwise) = try branches(depth)
            return .scope(pipeline, then: then, otherwise: otherwise)
        case .word("range"): return try loop(rest, depth)
        case .word("break") where rest.isEmpty: return .leave
        case .word("continue") where rest.isEmpty: return .next
        case .variable(let name, let path) where path.isEmpty && rest.first == .sign("="):
            return .assignment(name, try Self.pipeline(Array(rest.dropFirst())))
        default: return .output(try Self.pipeline(tokens))
        }
    }

    private mutating func branches(_ depth: Int) throws(TemplateError) -> ([TemplateNode], [TemplateNode]) {
        let (then, end) = try block(depth: depth + 1)
        guard let end else { throw Self.error("unexpected EOF") }
        guard end.word == "else" else { return (then, []) }
        if !end.rest.isEmpty { return (then, [try node(end.rest, depth: depth + 1)]) }
        let (otherwise, last) = try block(depth: depth + 1)
        guard last?.word == "end" else { throw Self.error("expected {{end}}") }
        return (then, otherwise)
    }

    private mutating func loop(_ tokens: [TemplateToken], _ depth: Int) throws(TemplateError) -> TemplateNode {
        var names: [String] = []
        var rest = tokens
        if let sign = tokens.firstIndex(of: .sign(":=")) {
            for case .variable(let name, _) in tokens[..<sign] { names.append(name) }
            rest = Array(tokens[(sign + 1)...])
        }
        let pipeline = try Self.pipeline(rest)
        let (body, otherwise) = try branches(depth)
        return .loop(
            index: names.count > 1 ? names[0] : nil, element: names.last, pipeline, body: body, otherwise: otherwise)
    }

    private static func pipeline(_ tokens: [TemplateToken]) throws(TemplateError) -> TemplatePipeline {
        var rest = tokens[...]
        var variable: String?
        if rest.count > 2, case .variable(let name, _)? = rest.first, rest.dropFirst().first == .sign(":=") {
            variable = name
            rest = rest.dropFirst(2)
        }
        var result = try pipeline(&rest, depth: 0)
        guard rest.isEmpty else { throw error("unexpected right paren") }
        result.variable = variable
        return result
    }

    /// Up to the closing bracket or the end.
    private static func pipeline(
        _ rest: inout ArraySlice<TemplateToken>, depth: Int
    ) throws(TemplateError) -> TemplatePipeline {
        guard depth < deepest else { throw error("too deep") }
        var calls: [[TemplateOperand]] = [[]]
        while let token = rest.first, token != .sign(")") {
            rest = rest.dropFirst()
            if token == .sign("|") {
                calls.append([])
            } else {
                calls[calls.count - 1].append(try operand(token, &rest, depth: depth))
            }
        }
        guard !calls.contains(where: \.isEmpty) else { throw error("missing value for command") }
        return TemplatePipeline(calls: calls)
    }

    private static func operand(
        _ token: TemplateToken, _ rest: inout ArraySlice<TemplateToken>, depth: Int
    ) throws(TemplateError) -> TemplateOperand {
        switch token {
        case .field(let path): return .field(path)
        case .variable(let name, let path): return .variable(name, path)
        case .text(let text): return .constant(.text(text))
        case .word("true"): return .constant(.boolean(true))
        case .word("false"): return .constant(.boolean(false))
        case .word("nil"): return .constant(.null)
        case .word(let name):
            guard TemplateFunctions.names.contains(name) else { throw error("function \"\(name)\" not defined") }
            return .function(name)
        case .number(let text):
            if let number = Int64(text) { return .constant(.integer(number)) }
            guard let number = Double(text) else { throw error("bad number syntax: \"\(text)\"") }
            return .constant(.decimal(number))
        case .sign("("):
            let nested = try pipeline(&rest, depth: depth + 1)
            guard rest.popFirst() != nil else { throw error("unclosed left paren") }
            guard case .fieldOfResult(let path)? = rest.first else { return .nested(nested, []) }
            rest = rest.dropFirst()
            return .nested(nested, path)
        case .sign(let sign): throw error("unexpected \"\(sign)\" in operand")
        case .fieldOfResult: throw error("unexpected field in operand")
        }
    }
}
