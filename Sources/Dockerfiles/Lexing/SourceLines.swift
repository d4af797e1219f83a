/// The lines of a file, with their ends.
struct SourceLines {
    /// Bytes of a line without its end.
    static let longest = 65_535

    private let bytes: ArraySlice<UInt8>
    private var place: Int
    /// Of the line that was read last; 0 before the first.
    private(set) var number = 0

    init(_ bytes: [UInt8]) {
        // A byte order mark.
        self.bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        place = self.bytes.startIndex
    }

    mutating func next() throws(DockerfileError) -> String? {
        guard place < bytes.endIndex else { return nil }
        let end = bytes[place...].firstIndex(of: UInt8(ascii: "\n"))
        guard (end ?? bytes.endIndex) - place <= Self.longest else {
            throw DockerfileError(
                "dockerfile line greater than max allowed size of \(Self.longest)", lines: number + 1...number + 1)
        }
        let line = bytes[place..<(end.map { $0 + 1 } ?? bytes.endIndex)]
        place = line.endIndex
        number += 1
        return String(decoding: line, as: UTF8.self)
    }
}

extension String {
    /// Without the line's end.
    var withoutEnd: String { String(unicodeScalars.trimmingEnd { $0 == "\n" || $0 == "\r" }) }
    var isComment: Bool { unicodeScalars.drop(while: \.isSpace).first == "#" }
    var isBlankLine: Bool { unicodeScalars.allSatisfy(\.isSpace) }
}
