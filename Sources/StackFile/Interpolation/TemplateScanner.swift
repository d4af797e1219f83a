/// Finds the variables in a part of a text, without knowing their values.
struct TemplateScanner {
    enum Piece {
        case text(Range<Int>)
        /// `$$`.
        case dollar
        case variable(Expression)
        /// A brace that no variable stands in.
        case invalid
    }

    struct Expression {
        var name: Range<Int>
        var `operator` = VariableUse.Operator.none
        var operand: Range<Int>
    }

    private let bytes: [UInt8]
    private let end: Int
    private var place: Int
    /// The end of the current line, and the last closing brace in it.
    private var line: (end: Int, brace: Int?)?

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        place = range.lowerBound
        end = range.upperBound
    }

    mutating func next() -> Piece? {
        guard place < end else { return nil }
        let start = place
        guard bytes[place] == UInt8(ascii: "$"), place + 1 < end else { return text(from: start) }
        switch bytes[place + 1] {
        case UInt8(ascii: "$"):
            place += 2
            return .dollar
        case UInt8(ascii: "{"): return braced(from: start)
        case let first where Self.startsName(first):
            place = nameEnd(from: start + 1)
            return .variable(Expression(name: start + 1..<place, operand: place..<place))
        default: return text(from: start)
        }
    }

    /// At least one byte, then up to the next dollar.
    private mutating func text(from start: Int) -> Piece {
        place += 1
        while place < end, bytes[place] != UInt8(ascii: "$") { place += 1 }
        return .text(start..<place)
    }

    private mutating func braced(from start: Int) -> Piece {
        let nameStart = start + 2
        guard nameStart < end, Self.startsName(bytes[nameStart]) else { return .invalid }
        let nameEnd = nameEnd(from: nameStart)
        var operand = nameEnd
        if operand < end, bytes[operand] == UInt8(ascii: ":") { operand += 1 }
        if operand < end, "-+?".utf8.contains(bytes[operand]) {
            operand += 1
            let word = String(decoding: bytes[nameEnd..<operand], as: UTF8.self)
            if let last = lastBrace(after: operand), let kind = VariableUse.Operator(rawValue: word) {
                let closing = closingBrace(from: start, to: last) ?? last
                place = closing + 1
                let range = min(operand, closing)..<closing
                return .variable(Expression(name: nameStart..<nameEnd, operator: kind, operand: range))
            }
        }
        guard nameEnd < end, bytes[nameEnd] == UInt8(ascii: "}") else { return .invalid }
        place = nameEnd + 1
        return .variable(Expression(name: nameStart..<nameEnd, operand: nameEnd..<nameEnd))
    }

    private mutating func lastBrace(after start: Int) -> Int? {
        if line.map({ start > $0.end }) ?? true {
            var lineEnd = start
            var brace: Int?
            while lineEnd < end, bytes[lineEnd] != UInt8(ascii: "\n") {
                if bytes[lineEnd] == UInt8(ascii: "}") { brace = lineEnd }
                lineEnd += 1
            }
            line = (lineEnd, brace)
        }
        return line?.brace.flatMap { $0 >= start ? $0 : nil }
    }

    /// The brace that closes the one after `start`; as in Docker Compose, what follows an opening brace isn't looked at.
    private func closingBrace(from start: Int, to last: Int) -> Int? {
        var open = 0
        var next = start
        while next <= last {
            if bytes[next] == UInt8(ascii: "}") {
                open -= 1
                if open == 0 { return next }
            }
            if bytes[next] == UInt8(ascii: "{") {
                open += 1
                next += 1
            }
            next += 1
        }
        return nil
    }

    private func nameEnd(from start: Int) -> Int {
        var next = start
        while next < end, Self.startsName(bytes[next]) || Self.isDigit(bytes[next]) { next += 1 }
        return next
    }

    private static func startsName(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
