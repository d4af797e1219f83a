/// What a time zone's clocks showed and show: a file of the zone database (RFC 9636), as a value.
public struct TimeZoneRules: Equatable, Sendable {
    /// Seconds since 1970, in order; from each on its offset holds.
    private var transitions: [Int64] = []
    /// Seconds east of Greenwich.
    private var offsets: [Int] = []
    private var firstOffset = 0
    /// What holds after the last transition.
    private var rule: DaylightRule?

    public static let utc = TimeZoneRules(offset: 0)

    private init(offset: Int) { firstOffset = offset }

    /// - Parameter file: the content of a file below `/usr/share/zoneinfo`.
    /// - Returns: `nil` for what is none.
    public init?(file: [UInt8]) {
        guard let old = Block(file, at: 0, timeSize: 4) else { return nil }
        guard old.version >= 0x32 else {
            guard read(old, file) else { return nil }
            return
        }
        guard let block = Block(file, at: old.end, timeSize: 8), read(block, file) else { return nil }
        let footer = file[block.end...]
        guard footer.first == 0x0a, let end = footer.dropFirst().firstIndex(of: 0x0a) else { return }
        rule = DaylightRule(String(decoding: footer[(block.end + 1)..<end], as: UTF8.self))
    }

    /// Seconds east of Greenwich.
    ///
    /// - Parameter time: seconds since 1970.
    public func offset(at time: Int64) -> Int {
        guard let last = transitions.last else { return rule?.offset(at: time) ?? firstOffset }
        if time >= last { return rule?.offset(at: time) ?? offsets[offsets.count - 1] }
        // The number of transitions that are past.
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? firstOffset : offsets[low - 1]
    }

    private mutating func read(_ block: Block, _ file: [UInt8]) -> Bool {
        let types = block.start + block.timeCount * (block.timeSize + 1)
        func offset(_ type: Int) -> Int? {
            guard type < block.typeCount else { return nil }
            return Int(Int32(truncatingIfNeeded: Block.number(file, types + type * 6, 4)))
        }
        guard block.typeCount > 0 else { return false }
        firstOffset = offset(0) ?? 0
        for index in 0..<block.timeCount {
            let raw = Block.number(file, block.start + index * block.timeSize, block.timeSize)
            let time = block.timeSize == 4 ? Int64(Int32(truncatingIfNeeded: raw)) : raw
            let type = Int(file[block.start + block.timeCount * block.timeSize + index])
            guard let offset = offset(type), transitions.last.map({ $0 < time }) ?? true else { return false }
            transitions.append(time)
            offsets.append(offset)
        }
        return true
    }

    /// One of a file's two blocks: its counts, and where its data is.
    private struct Block {
        var version: UInt8
        var start: Int
        var end: Int
        var timeCount: Int
        var typeCount: Int
        var timeSize: Int

        init?(_ file: [UInt8], at place: Int, timeSize: Int) {
            // Larger files than any zone has are no zone.
            guard file.count < 1 << 20, place + 44 <= file.count, Array(file[place..<place + 4]) == Array("TZif".utf8)
            else { return nil }
            version = file[place + 4]
            let counts = (0..<6).map { Int(Self.number(file, place + 20 + $0 * 4, 4) & 0xffff_ffff) }
            (timeCount, typeCount) = (counts[3], counts[4])
            self.timeSize = timeSize
            start = place + 44
            let size =
                timeCount * (timeSize + 1) + typeCount * 6 + counts[5] + counts[2] * (timeSize + 4) + counts[1]
                + counts[0]
            end = start + size
            guard end <= file.count else { return nil }
        }

        /// Big-endian.
        static func number(_ file: [UInt8], _ place: Int, _ size: Int) -> Int64 {
            file[place..<place + size].reduce(0) { $0 << 8 | Int64($1) }
        }
    }
}
