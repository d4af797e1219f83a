/// Writes tar archives as a stranger might, POSIX.1-2001.
struct TarBuilder {
    enum Kind: UInt8 {
        case file = 0x30
        case hardLink = 0x31
        case symbolicLink = 0x32
        case characterDevice = 0x33
        case directory = 0x35
        case fifo = 0x36
    }

    private(set) var bytes: [UInt8] = []

    mutating func add(
        _ name: String, _ kind: Kind = .file, _ content: String = "", mode: Int = 0o644, owner: Int = 0,
        group: Int = 0, time: Int = 1_000_000_000, link: String = "", device: (Int, Int) = (0, 0),
        records: [(String, [UInt8])] = []
    ) {
        if !records.isEmpty {
            let body = records.flatMap { Self.record($0.0, $0.1) }
            append("pax", 0x78, body, mode: 0o644, owner: 0, group: 0, time: 0, link: "", device: (0, 0))
        }
        append(
            name, kind.rawValue, Array(content.utf8), mode: mode, owner: owner, group: group, time: time, link: link,
            device: device)
    }

    /// The archive with its end.
    var archive: [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }

    private mutating func append(
        _ name: String, _ kind: UInt8, _ content: [UInt8], mode: Int, owner: Int, group: Int, time: Int, link: String,
        device: (Int, Int)
    ) {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, _ offset: Int) {
            header.replaceSubrange(offset..<(offset + text.utf8.count), with: text.utf8)
        }
        func octal(_ value: Int, _ digits: Int) -> String {
            let text = String(value, radix: 8)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        put(name, 0)
        put(octal(mode, 7), 100)
        put(octal(owner, 7), 108)
        put(octal(group, 7), 116)
        put(octal(content.count, 11), 124)
        put(octal(time, 11), 136)
        put("        ", 148)
        header[156] = kind
        put(link, 157)
        put("ustar", 257)
        put("00", 263)
        put(octal(device.0, 7), 329)
        put(octal(device.1, 7), 337)
        put(octal(header.reduce(0) { $0 + Int($1) }, 6), 148)
        header[154] = 0
        bytes += header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }

    /// `LENGTH KEY=VALUE\n`, where the length counts itself.
    private static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
        let rest = Array(" \(key)=".utf8) + value + [0x0A]
        var length = rest.count
        while "\(length)".utf8.count + rest.count != length { length = "\(length)".utf8.count + rest.count }
        return Array("\(length)".utf8) + rest
    }
}

extension TarBuilder {
    /// Makes headers valid again after their bytes were changed.
    static func correctChecksums(_ archive: inout [UInt8]) {
        for start in stride(from: 0, to: archive.count - 511, by: 512)
        where archive[(start + 257)..<(start + 262)].elementsEqual("ustar".utf8) {
            for place in 148..<156 { archive[start + place] = 0x20 }
            let text = String(archive[start..<(start + 512)].reduce(0) { $0 + Int($1) }, radix: 8)
            let digits = String(repeating: "0", count: max(0, 6 - text.count)) + text
            archive.replaceSubrange((start + 148)..<(start + 154), with: digits.utf8)
            archive[start + 154] = 0
        }
    }
}
