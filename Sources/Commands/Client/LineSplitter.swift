/// Bytes as they come → whole lines.
struct LineSplitter {
    /// A line that is longer is no event of the control API.
    static let longestLine = 16 << 20

    private let limit: Int
    private var rest: [UInt8] = []

    init(limit: Int = longestLine) { self.limit = limit }

    /// The lines that are complete now, without their line breaks; empty ones are left out.
    mutating func add(_ chunk: [UInt8]) throws(LineTooLong) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        // What is left of earlier chunks has no line break.
        var search = rest.count
        var start = 0
        rest += chunk
        while let end = rest[search...].firstIndex(of: UInt8(ascii: "\n")) {
            if end > start { lines.append(rest[start..<end]) }
            start = end + 1
            search = start
        }
        if start > 0 { rest = Array(rest[start...]) }
        guard rest.count <= limit else { throw LineTooLong() }
        return lines
    }

    struct LineTooLong: Error {}
}
