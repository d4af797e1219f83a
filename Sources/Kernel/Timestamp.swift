import Glibc

/// Instants in nanoseconds since 1970, and their written forms (RFC 3339), in UTC.
public enum Timestamp {
    /// What Docker writes for a time that never came.
    public static let never = "0001-01-01T00:00:00Z"

    /// The years that are read: differences of their instants are numbers, too.
    private static let years: ClosedRange<Int64> = 1800...2261

    /// The present.
    public static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// `2025-11-22 15:52:55 +0000 UTC`, as Docker's `CreatedAt`.
    public static func calendar(_ nanoseconds: Int64) -> String {
        let (date, clock) = civil(nanoseconds)
        return "\(date) \(clock) +0000 UTC"
    }

    /// In seconds.
    public static func rfc3339(_ nanoseconds: Int64) -> String {
        let (date, clock) = civil(nanoseconds)
        return "\(date)T\(clock)Z"
    }

    /// With nine digits of the second's fraction: such texts are in order as their instants are.
    public static func sortable(_ nanoseconds: Int64) -> String {
        let (date, clock) = civil(nanoseconds)
        let fraction = (nanoseconds % 1_000_000_000 + 1_000_000_000) % 1_000_000_000
        return "\(date)T\(clock).\(String(1_000_000_000 + fraction).dropFirst())Z"
    }

    /// As `sortable`, but `never` for 0.
    public static func text(_ nanoseconds: Int64) -> String {
        nanoseconds == 0 ? never : sortable(nanoseconds)
    }

    /// A time of RFC 3339, a date alone, or with the time but without a zone (then UTC). `nil`: none of them, or too far
    /// away for a number of nanoseconds, as the year 1 is, which some images say they are of.
    public static func parse(_ text: String) -> Int64? {
        var reader = DigitReader(text)
        guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2), reader.skip("-"),
            let day = reader.number(2), years.contains(year), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var seconds = days(year: year, month: month, day: day) * 86_400
        guard !reader.atEnd else { return seconds * 1_000_000_000 }
        guard reader.skip("T") || reader.skip("t") || reader.skip(" "), let hour = reader.number(2), reader.skip(":"),
            let minute = reader.number(2), hour < 24, minute < 60
        else { return nil }
        seconds += hour * 3600 + minute * 60
        var nanoseconds: Int64 = 0
        if reader.skip(":") {
            guard let second = reader.number(2), second <= 60 else { return nil }
            seconds += second
            if reader.skip(".") {
                guard let fraction = reader.fraction() else { return nil }
                nanoseconds = fraction
            }
        }
        guard let offset = reader.zone() else { return nil }
        return (seconds - offset) * 1_000_000_000 + nanoseconds
    }

    private static func civil(_ nanoseconds: Int64) -> (date: String, clock: String) {
        let isPartBefore = nanoseconds % 1_000_000_000 < 0
        var time = time_t(nanoseconds / 1_000_000_000 - (isPartBefore ? 1 : 0))
        var parts = tm()
        gmtime_r(&time, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return (
            "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))",
            "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
        )
    }

    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        var parts = tm()
        parts.tm_year = Int32(year - 1900)
        parts.tm_mon = Int32(month - 1)
        parts.tm_mday = Int32(day)
        return Int64(timegm(&parts)) / 86_400
    }
}

/// Reads numbers of fixed width off a text.
private struct DigitReader {
    private var rest: Substring

    init(_ text: String) { rest = text[...] }

    var atEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Character) -> Bool {
        guard rest.first == character else { return false }
        rest.removeFirst()
        return true
    }

    mutating func number(_ digits: Int) -> Int64? {
        let text = rest.prefix(digits)
        guard text.count == digits, text.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        rest.removeFirst(digits)
        return Int64(text)
    }

    /// The digits of a second's fraction, in nanoseconds; what is finer is dropped.
    mutating func fraction() -> Int64? {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, var value = Int64(digits.prefix(9)) else { return nil }
        for _ in min(digits.count, 9)..<9 { value *= 10 }
        rest.removeFirst(digits.count)
        return value
    }

    /// `Z`, `+02:00`, or nothing; in seconds east of Greenwich, and nothing may follow.
    mutating func zone() -> Int64? {
        if atEnd { return 0 }
        if skip("Z") || skip("z") { return atEnd ? 0 : nil }
        let sign: Int64 = rest.first == "-" ? -1 : 1
        guard skip("+") || skip("-"), let hours = number(2), skip(":"), let minutes = number(2), atEnd else {
            return nil
        }
        return sign * (hours * 3600 + minutes * 60)
    }
}

/// Milliseconds that only ever grow.
public func monotonicMilliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}
