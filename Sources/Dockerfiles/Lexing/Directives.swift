/// What the first comments of a Dockerfile say to its reader (`# escape=`, `# syntax=`, `# check=`).
public struct Directives: Equatable, Sendable {
    /// The frontend that the file asks for.
    public internal(set) var syntax: String?
    public internal(set) var check: String?
    /// What continues a line and escapes a character: `\` or a backquote.
    public internal(set) var escape: Unicode.Scalar = "\\"

    private var isOver = false

    init() {}

    /// Reads a line, without blanks at its beginning; `true` if it is a directive.
    mutating func read(_ line: String) throws(DockerfileError) -> Bool {
        guard !isOver else { return false }
        guard let (name, value) = Self.parse(line), Self.names.contains(name) else {
            isOver = true
            return false
        }
        switch name {
        case "syntax":
            guard syntax == nil else { throw Self.repeated(name) }
            syntax = value
        case "check":
            guard check == nil else { throw Self.repeated(name) }
            check = value
        default:
            guard !hasEscape else { throw Self.repeated(name) }
            hasEscape = true
            guard value == "\\" || value == "`", let scalar = value.unicodeScalars.first else {
                throw DockerfileError("invalid escape token '\(value)' does not match ` or \\")
            }
            escape = scalar
        }
        return true
    }

    private var hasEscape = false
    private static let names: Set = ["syntax", "check", "escape"]

    private static func repeated(_ name: String) -> DockerfileError {
        DockerfileError("only one \(name) parser directive can be used")
    }

    /// `# name = value`, with the name in small letters.
    static func parse(_ line: String, comment: Unicode.Scalar? = "#") -> (name: String, value: String)? {
        var rest = line.unicodeScalars[...]
        if let comment {
            guard rest.first == comment else { return nil }
            rest = rest.dropFirst().drop(while: \.isSpace)
        }
        let name = rest.prefix { ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) }
        guard let first = name.first, !("0"..."9").contains(first) else { return nil }
        rest = rest[name.endIndex...].drop(while: \.isSpace)
        guard rest.first == "=" else { return nil }
        let value = rest.dropFirst().drop(while: \.isSpace).trimmingEnd(where: \.isSpace)
        guard !value.isEmpty else { return nil }
        return (String(name).lowercased(), String(value))
    }
}
