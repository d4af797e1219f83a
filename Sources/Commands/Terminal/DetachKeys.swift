/// The keys by which one leaves a container that goes on: `ctrl-p,ctrl-q`.
struct DetachKeys: Equatable {
    static let standard = DetachKeys(bytes: [0x10, 0x11])

    private let bytes: [UInt8]
    /// How many of them have been pressed.
    private var matched = 0

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// Letters, and `ctrl-` with a letter or one of `@[\]^_`, after commas; empty for none.
    init(parsing text: String) throws(CommandFailure) {
        var bytes: [UInt8] = []
        for key in text.split(separator: ",") {
            if key.utf8.count == 1, let byte = key.utf8.first {
                bytes.append(byte)
            } else if key.hasPrefix("ctrl-"), key.utf8.count == 6, let byte = key.lowercased().utf8.last,
                (0x61...0x7a).contains(byte) || (0x5b...0x5f).contains(byte) || byte == 0x40
            {
                bytes.append(byte & 0x1f)
            } else {
                throw CommandFailure("invalid detach keys (\(text)): unknown character \"\(key)\"")
            }
        }
        self.bytes = bytes
    }

    /// What of the typed bytes goes to the container, and whether the keys were pressed.
    mutating func filter(_ typed: ArraySlice<UInt8>) -> (passed: [UInt8], isDetached: Bool) {
        guard !bytes.isEmpty else { return (Array(typed), false) }
        var passed: [UInt8] = []
        for byte in typed {
            if byte == bytes[matched] {
                matched += 1
                if matched == bytes.count { return (passed, true) }
                continue
            }
            // What only began like the keys was meant for the container.
            passed += bytes[..<matched]
            matched = byte == bytes[0] ? 1 : 0
            if matched == 0 { passed.append(byte) }
        }
        return (passed, false)
    }
}
