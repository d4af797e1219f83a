import StableHashing

/// The readable form of programs: one step a line, the same program always the same text.
struct ProgramText {
    private(set) var text = ""

    /// A line: words, quoted where that is needed to keep them apart. Empty words are left out.
    mutating func line(_ indent: Int, _ words: String...) {
        let kept = words.filter { !$0.isEmpty }
        text += String(repeating: "  ", count: indent) + kept.joined(separator: " ") + "\n"
    }

    /// A word as a shell would need it.
    static func word(_ text: String) -> String {
        let plain = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x80...: true
            default: "/._-+:=,@%~".utf8.contains(byte)
            }
        }
        return plain && !text.isEmpty ? text : JSONText.quoted(text)
    }

    static func words(_ list: [String]) -> String { list.map(word).joined(separator: " ") }

    /// `key=value`, or nothing for the value that means nothing.
    static func setting<Value: Equatable>(_ key: String, _ value: Value, unless none: Value) -> String {
        value == none ? "" : "\(key)=\(word("\(value)"))"
    }

    static func octal(_ mode: UInt32) -> String { "0" + String(mode, radix: 8) }

    /// An IP address of 4 or 16 bytes.
    static func address(_ bytes: [UInt8]) -> String {
        guard bytes.count == 16 else { return bytes.map { String($0) }.joined(separator: ".") }
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        return "[" + groups.map { String($0, radix: 16) }.joined(separator: ":") + "]"
    }

    static func hardware(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }

    /// A short form of bytes that nobody reads, to see that two are the same.
    static func digest(_ bytes: [UInt8]) -> String { StableHash(bytes).digits }
}

extension LaunchProgram {
    /// The program as text, one step a line.
    public var text: String {
        var text = ProgramText()
        text.line(0, "launch", ProgramText.word(container))
        for (index, step) in outside.enumerated() { text.line(1, "outside[\(index)]", step.text) }
        namespaces.describe(in: &text)
        cgroup.describe(in: &text)
        for (index, step) in inside.enumerated() { text.line(1, "inside[\(index)]", step.text) }
        process.describe(in: &text)
        monitor.describe(in: &text)
        return text.text
    }
}

extension ExecProgram {
    /// The program as text, one step a line.
    public var text: String {
        var text = ProgramText()
        let limit = ProgramText.setting("timeout-milliseconds", timeout, unless: 0)
        text.line(0, "exec", ProgramText.word(container), "pid=\(target)", "started=\(targetStartTime)", limit)
        if !cgroup.isEmpty { text.line(1, "cgroup", ProgramText.word(cgroup)) }
        process.describe(in: &text)
        return text.text
    }
}
