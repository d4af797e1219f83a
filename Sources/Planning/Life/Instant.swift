public import StackModel

/// A point in time of whichever clock the caller uses throughout, in nanoseconds since that clock's epoch. The state
/// machines never read a clock: their caller says what time it is.
public struct Instant: Codable, Equatable, Hashable, Comparable, Sendable {
    public var nanoseconds: Int64

    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    public init(from decoder: any Decoder) throws {
        nanoseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(nanoseconds)
    }

    public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

    /// Stops at the ends of the range: a duration from a file can be as long as it likes.
    public static func + (instant: Instant, span: TimeSpan) -> Instant {
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(span.nanoseconds)
        return Instant(nanoseconds: overflow ? (span.nanoseconds < 0 ? .min : .max) : sum)
    }

    /// How long after `earlier` this is; negative if it isn't.
    public static func - (instant: Instant, earlier: Instant) -> TimeSpan {
        let (difference, overflow) = instant.nanoseconds.subtractingReportingOverflow(earlier.nanoseconds)
        return TimeSpan(nanoseconds: overflow ? (instant < earlier ? .min : .max) : difference)
    }
}
