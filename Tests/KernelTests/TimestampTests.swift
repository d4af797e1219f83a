import Kernel
import Testing

@Suite struct TimestampTests {
    private static let noon: Int64 = 1_763_812_800_000_000_000

    @Test(
        arguments: [
            (1, "1970-01-01T00:00:00.000000001Z"), (1_000_000_000, "1970-01-01T00:00:01.000000000Z"),
            (1_700_000_000_123_456_789, "2023-11-14T22:13:20.123456789Z"),
            (1_709_164_800_000_000_000, "2024-02-29T00:00:00.000000000Z"), (0, "0001-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59.999999999Z"),
        ] as [(Int64, String)])
    func timesAreWrittenAsDockerWritesThem(_ nanoseconds: Int64, _ text: String) {
        #expect(Timestamp.text(nanoseconds) == text)
        #expect(nanoseconds == 0 || Timestamp.parse(text) == nanoseconds)
    }

    @Test func otherForms() {
        #expect(Timestamp.calendar(Self.noon) == "2025-11-22 12:00:00 +0000 UTC")
        #expect(Timestamp.rfc3339(Self.noon + 1) == "2025-11-22T12:00:00Z")
        #expect(Timestamp.sortable(Self.noon + 42) == "2025-11-22T12:00:00.000000042Z")
    }

    @Test(
        arguments: [
            ("2025-11-22T12:00:00Z", noon), ("2025-11-22T13:00:00+01:00", noon), ("2025-11-22t12:00:00z", noon),
            ("2025-11-22T12:00:00.5Z", noon + 500_000_000), ("2025-11-22T12:00:00.000000001Z", noon + 1),
            // What is finer than a nanosecond is dropped.
            ("2025-11-22T12:00:00.0000000019Z", noon + 1),
            ("2025-11-22", noon - 43_200_000_000_000), ("2025-11-22T12:00", noon),
            ("2025-13-22", nil), ("yesterday", nil), ("2025-11-22T25:00:00Z", nil), ("2025-11-22T12:00:00Zx", nil),
            ("", nil), ("2025-xx-14T22:13:20Z", nil), ("2025-11-22T12:00:00.Z", nil),
        ] as [(String, Int64?)])
    func timesAreRead(_ text: String, _ nanoseconds: Int64?) {
        #expect(Timestamp.parse(text) == nanoseconds)
    }

    /// Images say of themselves what their makers like; a number of nanoseconds can't hold each of it.
    @Test(arguments: ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0000-00-00T00:00:00Z", "1677-01-01T00:00:00Z"])
    func timesOutOfReachAreNone(_ text: String) {
        #expect(Timestamp.parse(text) == nil)
    }
}
