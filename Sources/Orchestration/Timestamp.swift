import Glibc

/// RFC 3339 in UTC with nanoseconds, as Docker writes times, and back.
enum Timestamp {
    /// What Docker writes for a time that never came.
    static let never = "0001-01-01T00:00:00Z"

    static func text(_ nanoseconds: Int64) -> String {
        if nanoseconds == 0 { return never }
        var seconds = time_t(nanoseconds / 1_000_000_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let fraction = String(1_000_000_000 + nanoseconds % 1_000_000_000).dropFirst()
        return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
            + "T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)).\(fraction)Z"
    }

    /// 0 for what is no time.
    static func nanoseconds(_ text: String) -> Int64 {
        let characters = Array(text.utf8)
        guard characters.count >= 19 else { return 0 }
        func number(_ range: Range<Int>) -> Int32? { Int32(String(decoding: characters[range], as: UTF8.self)) }
        var parts = tm()
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19)
        else { return 0 }
        parts.tm_year = year - 1900
        parts.tm_mon = month - 1
        parts.tm_mday = day
        parts.tm_hour = hour
        parts.tm_min = minute
        parts.tm_sec = second
        let rest = String(decoding: characters[19...], as: UTF8.self)
        let digits = rest.hasPrefix(".") ? rest.dropFirst().prefix { $0.isNumber }.prefix(9) : ""
        let fraction = Int64(digits + String(repeating: "0", count: 9 - digits.count)) ?? 0
        return Int64(timegm(&parts)) * 1_000_000_000 + fraction
    }
}
