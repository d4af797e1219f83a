import Diagnostics

/// One `--mount` of a `RUN`.
public struct RunMount: Equatable, Sendable {
    public enum Kind: String, Equatable, Sendable, CaseIterable { case bind, cache, tmpfs, secret, ssh }
    public enum Sharing: String, Equatable, Sendable, CaseIterable { case shared, `private`, locked }

    public var kind = Kind.bind
    /// A stage or an image.
    public var from: String?
    public var source: String?
    public var target: String?
    public var isReadOnly = true
    /// Bytes of a tmpfs.
    public var size: Int64?
    public var id: String?
    public var sharing: Sharing?
    public var isRequired = false
    /// The variable that holds the secret.
    public var environment: String?
    public var mode: UInt32?
    public var uid: UInt32?
    public var gid: UInt32?

    private var saysAccess = false

    /// What can be told before variables are known: where it comes from must be, because stages are made for it.
    static func check(_ text: String) throws(DockerfileError) {
        for field in try fields(text) {
            guard let (key, value) = field.cut("="), key.lowercased() == "from" else { continue }
            if let dollar = value.firstIndex(of: "$"), value.index(after: dollar) != value.endIndex {
                throw DockerfileError("'from' doesn't support variable expansion, define alias stage instead")
            }
        }
    }

    /// The stage or image that a mount reads from, before variables are expanded.
    static func source(of text: String) -> String? {
        // `try?`: it has been checked.
        let fields = (try? fields(text)) ?? []
        return fields.compactMap { $0.cut("=") }.last { $0.before.lowercased() == "from" }?.behind
    }

    init(_ text: String, expand: (String) throws(DockerfileError) -> String) throws(DockerfileError) {
        for field in try Self.fields(text) {
            if let (key, value) = field.cut("=") {
                try set(key.lowercased(), try expand(value), field)
            } else {
                try set(field)
            }
        }
        if !saysAccess { isReadOnly = kind != .cache && kind != .tmpfs }
        try checkTogether()
    }

    private mutating func set(_ word: String) throws(DockerfileError) {
        switch word.lowercased() {
        case "readonly", "ro": try setAccess(readOnly: true)
        case "readwrite", "rw": try setAccess(readOnly: false)
        case "required":
            try demand(kind == .secret || kind == .ssh, "required")
            isRequired = true
        default: throw DockerfileError("invalid field '\(word)' must be a key=value pair")
        }
    }

    private mutating func setAccess(readOnly: Bool) throws(DockerfileError) {
        isReadOnly = readOnly
        saysAccess = true
    }

    private func demand(_ condition: Bool, _ key: String) throws(DockerfileError) {
        guard condition else { throw DockerfileError("unexpected key '\(key)' for mount type '\(kind.rawValue)'") }
    }

    private static let keys = [
        "type", "from", "source", "target", "readonly", "id", "sharing", "required", "size", "mode", "uid", "gid",
        "src",
        "dst", "destination", "ro", "rw", "readwrite", "env",
    ]

    private mutating func set(_ key: String, _ value: String, _ field: String) throws(DockerfileError) {
        switch key {
        case "type": kind = try Self.choice(value, "mount type")
        case "from": from = value.isEmpty ? nil : value
        case "source", "src": source = value.isEmpty ? nil : value
        case "target", "dst", "destination": target = value.isEmpty ? nil : value
        case "readonly", "ro": try setAccess(readOnly: try Self.bool(value, key))
        case "readwrite", "rw": try setAccess(readOnly: try !Self.bool(value, key))
        case "required":
            try demand(kind == .secret || kind == .ssh, key)
            isRequired = try Self.bool(value, key)
        case "size":
            try demand(kind == .tmpfs, key)
            size = try Self.bytes(value)
        case "id": id = value.isEmpty ? nil : value
        case "sharing": sharing = try Self.choice(value, "sharing value") as Sharing
        case "mode": mode = try Self.number(value, key, radix: 8)
        case "uid": uid = try Self.number(value, key, radix: 10)
        case "gid": gid = try Self.number(value, key, radix: 10)
        case "env": environment = value
        default:
            throw DockerfileError(
                "unexpected key '\(key)' in '\(field)'", suggestion: Suggestion.clause(for: key, in: Self.keys))
        }
    }

    private func checkTogether() throws(DockerfileError) {
        let hasFile = kind == .secret || kind == .ssh || kind == .cache
        for (name, value) in [("mode", mode), ("uid", uid), ("gid", gid)] where value != nil && !hasFile {
            throw DockerfileError("\(name) not allowed for \"\(kind.rawValue)\" type mounts")
        }
        if kind == .secret {
            guard from == nil else { throw DockerfileError("secret mount should not have a from") }
            guard sharing == nil else { throw DockerfileError("secret mount should not define sharing") }
            guard source != nil || target != nil || id != nil else {
                throw DockerfileError("invalid secret mount. one of source, target required")
            }
            guard source == nil || id == nil else { throw DockerfileError("both source and id can't be set") }
        }
        guard sharing == nil || kind == .cache else {
            throw DockerfileError("invalid cache sharing set for \(kind.rawValue) mount")
        }
        if kind == .ssh && source != nil { throw DockerfileError("ssh does not support source") }
    }

    // MARK: Values

    private static func choice<Value: RawRepresentable & CaseIterable>(
        _ text: String, _ what: String
    ) throws(DockerfileError) -> Value where Value.RawValue == String {
        if let value = Value(rawValue: text.lowercased()) { return value }
        throw DockerfileError(
            "unsupported \(what) \"\(text)\"",
            suggestion: Suggestion.clause(for: text, in: Value.allCases.map(\.rawValue)))
    }

    /// As Go reads it.
    private static func bool(_ text: String, _ key: String) throws(DockerfileError) -> Bool {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": return true
        case "0", "f", "F", "false", "FALSE", "False": return false
        default: throw DockerfileError("invalid value for \(key): \(text)")
        }
    }

    private static func number(_ text: String, _ key: String, radix: Int) throws(DockerfileError) -> UInt32 {
        guard let number = UInt32(text, radix: radix), !text.hasPrefix("+") else {
            throw DockerfileError("invalid value \(text) for \(key)")
        }
        return number
    }

    /// `64m`, with powers of 1024.
    private static func bytes(_ text: String) throws(DockerfileError) -> Int64 {
        let number = text.prefix { $0 == "." || ("0"..."9").contains($0) }
        let unit = text[number.endIndex...].trimmingPrefix(while: { $0 == " " }).lowercased()
        let letters = ["", "k", "m", "g", "t", "p"]
        let power = letters.firstIndex { unit == $0 || !$0.isEmpty && (unit == $0 + "b" || unit == $0 + "ib") }
        guard let value = Double(number), let power = power ?? (unit == "b" ? 0 : nil) else {
            throw DockerfileError("invalid value for size: \(text)")
        }
        let result = (0..<power).reduce(value) { product, _ in product * 1024 }
        guard result < 9.2e18 else { throw DockerfileError("invalid value for size: \(text)") }
        return Int64(result)
    }

    /// Comma-separated, with quotes as in CSV (RFC 4180).
    private static func fields(_ text: String) throws(DockerfileError) -> [String] {
        var fields: [String] = []
        var field = ""
        var rest = text[...]
        while true {
            if rest.first == "\"" {
                rest = rest.dropFirst()
                while let end = rest.firstIndex(of: "\"") {
                    field += rest[..<end]
                    rest = rest[rest.index(after: end)...]
                    guard rest.first == "\"" else { break }
                    field += "\""
                    rest = rest.dropFirst()
                }
                guard rest.isEmpty || rest.first == "," else {
                    throw DockerfileError("failed to parse csv mounts: a quote isn't closed in '\(text)'")
                }
            } else {
                field += rest.prefix { $0 != "," }
                rest = rest.drop { $0 != "," }
            }
            fields.append(field)
            field = ""
            guard rest.popFirst() != nil else { return fields }
        }
    }
}
