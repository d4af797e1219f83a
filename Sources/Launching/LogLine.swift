/// Lines of docker's json-file log: `{"log":"…\n","stream":"stdout","time":"2026-01-02T03:04:05.000000006Z"}`.
public enum LogLine {
    /// A longer line is cut into records of this many bytes; all but the last lack the newline, as docker does it.
    public static let maximumLength = 16 * 1024

    /// Appends one record.
    /// - Parameters:
    ///   - text: the line with its newline, if it has one.
    ///   - nanoseconds: since 1970.
    public static func append(
        _ text: UnsafeBufferPointer<UInt8>, stream: LogStream, nanoseconds: UInt64, to bytes: inout [UInt8]
    ) {
        bytes.append(contentsOf: "{\"log\":\"".utf8)
        JSONText.appendEscaped(text, to: &bytes)
        bytes.append(contentsOf: stream == .output ? "\",\"stream\":\"stdout\"".utf8 : "\",\"stream\":\"stderr\"".utf8)
        bytes.append(contentsOf: ",\"time\":\"".utf8)
        appendTime(nanoseconds: nanoseconds, to: &bytes)
        bytes.append(contentsOf: "\"}\n".utf8)
    }

    /// Appends a time as RFC 3339 with nanoseconds in UTC; trailing zeros of the fraction are left out, as docker does.
    static func appendTime(nanoseconds: UInt64, to bytes: inout [UInt8]) {
        let seconds = nanoseconds / 1_000_000_000
        let date = civilDate(day: seconds / 86_400)
        let inDay = seconds % 86_400
        append(date.year, width: 4, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        append(date.month, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        append(date.day, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        append(inDay / 3600, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        append(inDay / 60 % 60, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        append(inDay % 60, width: 2, to: &bytes)
        appendFraction(nanoseconds % 1_000_000_000, to: &bytes)
        bytes.append(UInt8(ascii: "Z"))
    }

    private static func appendFraction(_ nanoseconds: UInt64, to bytes: inout [UInt8]) {
        guard nanoseconds > 0 else { return }
        bytes.append(UInt8(ascii: "."))
        append(nanoseconds, width: 9, to: &bytes)
        while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
    }

    private static func append(_ number: UInt64, width: Int, to bytes: inout [UInt8]) {
        var divisor: UInt64 = 1
        for _ in 1..<width { divisor *= 10 }
        while divisor > 0 {
            bytes.append(48 + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }

    /// The Gregorian date of a day since 1970-01-01, by eras of 400 years that begin on March 1.
    static func civilDate(day: UInt64) -> (year: UInt64, month: UInt64, day: UInt64) {
        let shifted = day + 719_468
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + shifted / 146_097 * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }
}

/// Which of the container's outputs a log record comes from.
public enum LogStream: Sendable {
    case output
    case error
}

/// Cuts a stream of bytes into log records. It holds at most one unfinished line.
public struct LogSplitter: Sendable {
    private let stream: LogStream
    private var partial: [UInt8] = []

    public init(_ stream: LogStream) {
        self.stream = stream
    }

    /// Takes bytes in and appends the records that they complete.
    public mutating func feed(_ input: UnsafeBufferPointer<UInt8>, nanoseconds: UInt64, to records: inout [UInt8]) {
        var start = 0
        while start < input.count {
            let room = LogLine.maximumLength - partial.count
            let window = input[start..<Swift.min(input.count, start + room)]
            let newline = window.firstIndex(of: 0x0a)
            let end = newline.map { $0 + 1 } ?? window.endIndex
            if newline != nil || window.count == room {
                emit(UnsafeBufferPointer(rebasing: input[start..<end]), nanoseconds: nanoseconds, to: &records)
            } else {
                partial.append(contentsOf: window)
            }
            start = end
        }
    }

    /// The stream has ended: an unfinished line becomes a record without a newline.
    public mutating func finish(nanoseconds: UInt64, to records: inout [UInt8]) {
        if !partial.isEmpty { emit(UnsafeBufferPointer(start: nil, count: 0), nanoseconds: nanoseconds, to: &records) }
    }

    private mutating func emit(_ rest: UnsafeBufferPointer<UInt8>, nanoseconds: UInt64, to records: inout [UInt8]) {
        if partial.isEmpty { return LogLine.append(rest, stream: stream, nanoseconds: nanoseconds, to: &records) }
        partial.append(contentsOf: rest)
        partial.withUnsafeBufferPointer {
            LogLine.append($0, stream: stream, nanoseconds: nanoseconds, to: &records)
        }
        partial = []
    }
}
