import Glibc

/// Instants in nanoseconds since 1970, and their written forms.
enum Timestamp {
    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// `2025-11-22 15:52:55 +0000 UTC`, as Docker's `CreatedAt`.
    static func calendar(_ nanoseconds: Int64) -> String {
        let (date, clock) = civil(seconds: nanoseconds / 1_000_000_000)
        return "\(date) \(clock) +0000 UTC"
    }

    /// RFC 3339 in seconds, UTC.
    static func rfc3339(_ nanoseconds: Int64) -> String {
        let (date, clock) = civil(seconds: nanoseconds / 1_000_000_000)
        return "\(date)T\(clock)Z"
    }

    /// RFC 3339 with nine digits of the second's fraction, UTC: such texts are in order as their instants are.
    static func sortable(_ nanoseconds: Int64) -> String {
        let (date, clock) = civil(seconds: nanoseconds / 1_000_000_000)
        let fraction = String(nanoseconds % 1_000_000_000)
        return "\(date)T\(clock)." + String(repeating: "0", count: 9 - fraction.count) + fraction + "Z"
    }

    /// RFC 3339, a date alone, or with the time but without a zone (then UTC). `nil`: neither.
    static func parse(_ text: String) -> Int64? {
        var reader = DigitReader(text)
        guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2), reader.skip("-"),
            let day = reader.number(2), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var seconds = days(year: year, month: month, day: day) * 86_400
        guard !reader.atEnd else { return seconds * 1_000_000_000 }
        guard reader.skip("T") || reader.skip(" "), let hour = reader.number(2), reader.skip(":"),
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

    private static func civil(seconds: Int64) -> (date: String, clock: String) {
        var time = time_t(seconds)
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

    /// The digits of a second's fraction, in nanoseconds.
    mutating func fraction() -> Int64? {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard (1...9).contains(digits.count), var value = Int64(digits) else { return nil }
        for _ in digits.count..<9 { value *= 10 }
        rest.removeFirst(digits.count)
        return value
    }

    /// `Z`, `+02:00`, or nothing; in seconds east of Greenwich, and nothing may follow.
    mutating func zone() -> Int64? {
        if atEnd { return 0 }
        if skip("Z") { return atEnd ? 0 : nil }
        let sign: Int64 = rest.first == "-" ? -1 : 1
        guard skip("+") || skip("-"), let hours = number(2), skip(":"), let minutes = number(2), atEnd else {
            return nil
        }
        return sign * (hours * 3600 + minutes * 60)
    }
}
