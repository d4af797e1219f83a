import StackModel

/// Durations as the Compose specification writes them: `1m30s`, `2.5h`, `500ms`; also days and weeks.
enum DurationText {
    private static let units: [(name: String, nanoseconds: Double)] = [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
        ("d", 86400e9), ("w", 604800e9),
    ]

    /// With a sign, and with fractions, of which what is less than a nanosecond is cut.
    static func parse(_ text: String) -> TimeSpan? {
        let isNegative = text.hasPrefix("-")
        var rest = Substring(isNegative || text.hasPrefix("+") ? text.dropFirst() : text[...])
        if rest == "0" { return TimeSpan(nanoseconds: 0) }
        guard !rest.isEmpty else { return nil }
        var total: Int64 = 0
        while !rest.isEmpty {
            guard let part = part(&rest) else { return nil }
            let (sum, isTooLarge) = total.addingReportingOverflow(part)
            guard !isTooLarge else { return nil }
            total = sum
        }
        return TimeSpan(nanoseconds: isNegative ? -total : total)
    }

    /// Takes a number and its unit off the text.
    private static func part(_ rest: inout Substring) -> Int64? {
        let whole = digits(&rest)
        var fraction: Substring = ""
        if rest.first == "." {
            rest.removeFirst()
            fraction = digits(&rest)
        }
        let name = rest.prefix { $0 != "." && !$0.isNumber }
        rest = rest.dropFirst(name.count)
        guard !whole.isEmpty || !fraction.isEmpty, let unit = units.first(where: { $0.name == name })?.nanoseconds,
            let number = whole.isEmpty ? 0 : Int64(whole)
        else { return nil }
        let (product, isTooLarge) = number.multipliedReportingOverflow(by: Int64(unit))
        guard !isTooLarge else { return nil }
        let tail = fraction.isEmpty ? 0 : Int64((Double("0.\(fraction)") ?? 0) * unit)
        let (sum, overflows) = product.addingReportingOverflow(tail)
        return overflows ? nil : sum
    }

    private static func digits(_ rest: inout Substring) -> Substring {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(digits.count)
        return digits
    }

    /// The form of Go's durations: `1h0m0s`, `1m30s`, `500ms`.
    static func format(_ span: TimeSpan) -> String {
        let nanoseconds = span.nanoseconds
        if nanoseconds == 0 { return "0s" }
        if nanoseconds < 0 { return "-" + format(TimeSpan(nanoseconds: nanoseconds == .min ? .max : -nanoseconds)) }
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
