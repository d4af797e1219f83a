/// `--chmod`: an octal number, or what `man 1 chmod` calls a symbolic mode.
public struct FileMode: Equatable, Sendable {
    private enum Change: Equatable, Sendable {
        case exactly(UInt32)
        /// `who` and `what` are masks of permission bits.
        case symbolic(who: UInt32, operator: Character, what: String)
    }

    private var changes: [Change] = []

    public init(_ text: String) throws(DockerfileError) {
        if let number = UInt32(text, radix: 8), !text.hasPrefix("+") {
            guard number <= 0o7777 else { throw Self.notOctal(text) }
            changes = [.exactly(number)]
            return
        }
        if text.first?.isNumber ?? true { throw Self.notOctal(text) }
        for clause in text.split(separator: ",", omittingEmptySubsequences: false) {
            var rest = clause
            var who: UInt32 = 0
            while let letter = rest.first, let mask = Self.who[letter] {
                who |= mask
                rest.removeFirst()
            }
            if who == 0 { who = 0o7777 }
            guard !rest.isEmpty else { throw Self.invalid(text) }
            while let sign = rest.popFirst() {
                guard "+-=".contains(sign) else { throw Self.invalid(text) }
                let what = rest.prefix { !"+-=".contains($0) }
                guard what.allSatisfy({ "rwxXstugo".contains($0) }) else { throw Self.invalid(text) }
                rest = rest[what.endIndex...]
                changes.append(.symbolic(who: who, operator: sign, what: String(what)))
            }
        }
    }

    private static let who: [Character: UInt32] = ["u": 0o4700, "g": 0o2070, "o": 0o1007, "a": 0o7777]

    private static func notOctal(_ text: String) -> DockerfileError {
        DockerfileError(
            "invalid chmod parameter: '\(text)'. it should be octal string and between 0 and 07777")
    }

    private static func invalid(_ text: String) -> DockerfileError {
        DockerfileError("invalid mode \"\(text)\"", suggestion: "write 0644, or u+x,g-w")
    }

    /// The permission bits of a file that had others.
    public func applied(to mode: UInt32, isDirectory: Bool) -> UInt32 {
        changes.reduce(mode & 0o7777) { mode, change in
            switch change {
            case .exactly(let number): return number
            case .symbolic(let who, let sign, let what):
                let bits = Self.bits(what, mode, isDirectory) & who
                return switch sign {
                case "+": mode | bits
                case "-": mode & ~bits
                default: mode & ~(who & 0o777 | who & (isDirectory ? 0 : 0o6000)) | bits
                }
            }
        }
    }

    private static func bits(_ what: String, _ mode: UInt32, _ isDirectory: Bool) -> UInt32 {
        what.reduce(0) { bits, letter in
            switch letter {
            case "r": bits | 0o444
            case "w": bits | 0o222
            case "x": bits | 0o111
            case "X": bits | (isDirectory || mode & 0o111 != 0 ? 0o111 : 0)
            case "s": bits | 0o6000
            case "t": bits | 0o1000
            case "u": bits | copied(mode >> 6)
            case "g": bits | copied(mode >> 3)
            default: bits | copied(mode)
            }
        }
    }

    private static func copied(_ mode: UInt32) -> UInt32 { (mode & 7) * 0o111 }
}
