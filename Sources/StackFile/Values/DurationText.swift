import StackModel

/// Durations as the Compose specification writes them: `1m30s`, `2.5h`, `500ms`; also days and weeks.
enum DurationText {
    private static let units: [(name: String, nanoseconds: Double)] = [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
        ("d", 86400e9), ("w", 604800e9),
    ]

    static func parse(_ text: String) -> TimeSpan? {
        if text == "0" { return TimeSpan(nanoseconds: 0) }
        var rest = Substring(text)
        var total = 0.0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let number = Double(digits), let size = units.first(where: { $0.name == unit })?.nanoseconds
            else { return nil }
            total += number * size
        }
        return total < 9e18 ? TimeSpan(nanoseconds: Int64(total.rounded())) : nil
    }

    /// The form of Go's durations: `1h0m0s`, `1m30s`, `500ms`.
    static func format(_ span: TimeSpan) -> String {
        let nanoseconds = span.nanoseconds
        if nanoseconds == 0 { return "0s" }
        if nanoseconds < 1_000 { return "\(nanoseconds)ns" }
        if nanoseconds < 1_000_000 { return fraction(nanoseconds, 1_000) + "µs" }
        if nanoseconds < 1_000_000_000 { return fraction(nanoseconds, 1_000_000) + "ms" }
        let minutes = nanoseconds / 60_000_000_000
        let seconds = fraction(nanoseconds % 60_000_000_000, 1_000_000_000) + "s"
        if minutes == 0 { return seconds }
        return (minutes >= 60 ? "\(minutes / 60)h\(minutes % 60)m" : "\(minutes)m") + seconds
    }

    private static func fraction(_ number: Int64, _ unit: Int64) -> String {
        let rest = number % unit
        guard rest > 0 else { return "\(number / unit)" }
        var digits = String(rest + unit).dropFirst()
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(number / unit).\(digits)"
    }
}
