/// Whether and when something that failed is tried again. A pure value; time and chance are the caller's.
struct RetryPolicy: Hashable, Sendable {
    /// How often something is tried at all.
    var attempts = 5
    /// Before the second attempt; doubled each time.
    var first = Duration.milliseconds(250)
    /// No pause is longer, unless the registry asks for it.
    var longest = Duration.seconds(8)
    /// The longest pause that a registry may ask for; beyond it, its refusal is reported.
    var longestAsked = Duration.seconds(60)

    /// The pause after `failures` failures in a row; nil to give up. `chance` is in 0…1 and spreads those who failed at
    /// the same moment.
    func pause(after failures: Int, asked: Duration? = nil, chance: Double) -> Duration? {
        guard failures < attempts else { return nil }
        if let asked {
            guard asked <= longestAsked else { return nil }
            return asked + first * chance
        }
        let doubled = first * (1 << min(failures - 1, 20))
        return min(doubled, longest) * (0.5 + chance / 2)
    }

    /// Statuses behind which there may be a better moment.
    static func isPassing(_ status: UInt) -> Bool {
        status == 408 || status == 429 || status == 500 || (502...504).contains(status)
    }
}

/// A `Retry-After` header (RFC 9110, section 10.2.3): seconds, or a date.
enum RetryAfter {
    /// `now` is in seconds since 1970.
    static func parse(_ text: String, now: Int64) -> Duration? {
        if let seconds = UInt32(text) { return .seconds(Int64(seconds)) }
        return HTTPDate.seconds(text).map { .seconds(max(0, $0 - now)) }
    }
}

/// The date form of HTTP, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Seconds since 1970.
    static func seconds(_ text: String) -> Int64? {
        let words = text.split { $0 == " " || $0 == "," || $0 == ":" }
        guard words.count == 8, words[7] == "GMT", let day = Int64(words[1]),
            let month = months.firstIndex(of: String(words[2])),
            let year = Int64(words[3]), let hour = Int64(words[4]), let minute = Int64(words[5]),
            let second = Int64(words[6]), (1...31).contains(day), (1970...9999).contains(year), (0..<24).contains(hour),
            (0..<60).contains(minute), (0...60).contains(second)
        else { return nil }
        return days(year, Int64(month) + 1, day) * 86_400 + hour * 3600 + minute * 60 + second
    }

    /// Days since 1970-01-01 in the Gregorian calendar, counted in years that begin in March.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }
}
