/// When an image is fetched (Compose specification, `pull_policy`; `up --pull`).
public enum PullPolicy: Hashable, Sendable {
    case always, missing, never, build
    /// When it was last looked up a day ago or longer.
    case daily
    /// When it was last looked up a week ago or longer.
    case weekly
    /// When it was last looked up this long ago or longer: `every_12h`.
    case every(TimeSpan)

    /// How old the last look may be; `nil` where age doesn't matter.
    public var interval: TimeSpan? {
        switch self {
        case .always, .missing, .never, .build: nil
        case .daily: .seconds(86_400)
        case .weekly: .seconds(7 * 86_400)
        case .every(let interval): interval
        }
    }
}

extension PullPolicy: RawRepresentable, Codable {
    private static let words: [String: PullPolicy] = [
        "always": .always, "missing": .missing, "if_not_present": .missing, "never": .never, "build": .build,
        "daily": .daily, "weekly": .weekly,
    ]

    /// Reads the words of the specification; the duration after `every_` is one of Go's, with `d` and `w` for days and
    /// weeks.
    public init?(rawValue: String) {
        if let policy = Self.words[rawValue] {
            self = policy
            return
        }
        guard rawValue.hasPrefix("every_"), let interval = Self.interval(rawValue.dropFirst(6)) else { return nil }
        self = .every(interval)
    }

    public var rawValue: String {
        switch self {
        case .always: "always"
        case .missing: "missing"
        case .never: "never"
        case .build: "build"
        case .daily: "daily"
        case .weekly: "weekly"
        case .every(let interval): "every_\(interval)"
        }
    }

    private static let units: [String: Double] = [
        "ns": 1, "us": 1e3, "µs": 1e3, "μs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3_600e9, "d": 86_400e9,
        "w": 604_800e9,
    ]

    private static func interval(_ text: Substring) -> TimeSpan? {
        var rest = text
        var nanoseconds = 0.0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { !($0.isASCII && ($0.isNumber || $0 == ".")) }
            rest = rest.dropFirst(unit.count)
            guard let count = Double(digits), let size = units[String(unit)] else { return nil }
            nanoseconds += count * size
        }
        return nanoseconds < 9e18 ? TimeSpan(nanoseconds: Int64(nanoseconds)) : nil
    }
}
