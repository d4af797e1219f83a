/// When something recurs, as cron reads it: minute, hour, day of the month, month, day of the week, or a word like
/// `@hourly`. The forms are those that Kubernetes' CronJob takes: lists, ranges, steps, names, `?` for `*`; besides 7 is
/// Sunday.
public struct CronExpression: Hashable, Sendable, CustomStringConvertible {
    public let description: String
    /// Bit sets: bit n stands for the value n.
    package let minutes: UInt64
    package let hours: UInt64
    package let days: UInt64
    package let months: UInt64
    /// 0 is Sunday.
    package let weekdays: UInt64
    /// Whether day or weekday is free; if neither is, one of both suffices.
    package let isEveryDay: Bool
    package let isEveryWeekday: Bool

    /// Why a text is no expression.
    public struct Problem: Error, Equatable, CustomStringConvertible {
        public var description: String
    }

    private static let words = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]

    public init(_ text: String) throws(Problem) {
        description = text
        let trimmed = text.trimming
        if trimmed.hasPrefix("@"), Self.words[trimmed] == nil {
            let known = Self.words.keys.sorted().joined(separator: ", ")
            throw Problem(description: "\"\(trimmed)\" is none of \(known)")
        }
        let parts = (Self.words[trimmed] ?? trimmed).split(whereSeparator: { $0 == " " || $0 == "\t" })
        guard parts.count == 5 else {
            throw Problem(
                description: "must have five fields (minute, hour, day, month, weekday), not \(parts.count)")
        }
        (minutes, _) = try CronField.minute.read(parts[0])
        (hours, _) = try CronField.hour.read(parts[1])
        (days, isEveryDay) = try CronField.day.read(parts[2])
        (months, _) = try CronField.month.read(parts[3])
        let (read, isEvery) = try CronField.weekday.read(parts[4])
        weekdays = (read | read >> 7) & 0x7f
        isEveryWeekday = isEvery
    }
}

/// One of the five fields.
private struct CronField {
    var name: String
    var range: ClosedRange<Int>
    /// The largest value that `*` stands for.
    var last: Int
    /// The first three letters of each name, from the range's first value on.
    var names: [String] = []

    static let minute = CronField(name: "minute", range: 0...59, last: 59)
    static let hour = CronField(name: "hour", range: 0...23, last: 23)
    static let day = CronField(name: "day", range: 1...31, last: 31)
    static let month = CronField(
        name: "month", range: 1...12, last: 12,
        names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])
    static let weekday = CronField(
        name: "weekday", range: 0...7, last: 6, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"])

    /// - Returns: the values as a bit set, and whether it says nothing: `*` without a step.
    func read(_ text: Substring) throws(CronExpression.Problem) -> (values: UInt64, isEvery: Bool) {
        var values: UInt64 = 0
        var isEvery = false
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let (read, every) = try readItem(item)
            values |= read
            isEvery = isEvery || every
        }
        return (values, isEvery)
    }

    private func readItem(_ item: Substring) throws(CronExpression.Problem) -> (values: UInt64, isEvery: Bool) {
        let parts = item.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { throw problem(item, "has more than one step") }
        var step = 1
        if parts.count == 2 {
            guard let number = Int(parts[1]), (1...range.upperBound + 1).contains(number), parts[1].first != "+" else {
                throw problem(item, "has no step from 1 to \(range.upperBound + 1)")
            }
            step = number
        }
        let isStar = parts[0] == "*" || parts[0] == "?"
        let bounds = isStar ? range.lowerBound...last : try readRange(parts[0], item, isOpen: parts.count == 2)
        let values = stride(from: bounds.lowerBound, through: bounds.upperBound, by: step)
            .reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
        return (values, isStar && step == 1)
    }

    /// - Parameter isOpen: a single value before a step reaches to the end.
    private func readRange(
        _ text: Substring, _ item: Substring, isOpen: Bool
    ) throws(CronExpression.Problem) -> ClosedRange<Int> {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2 else { throw problem(item, "is no range") }
        let first = try value(ends[0], item)
        let second = ends.count == 2 ? try value(ends[1], item) : isOpen ? max(first, last) : first
        guard first <= second else { throw problem(item, "begins after its end") }
        return first...second
    }

    private func value(_ text: Substring, _ item: Substring) throws(CronExpression.Problem) -> Int {
        if let index = names.firstIndex(of: text.lowercased()) { return range.lowerBound + index }
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) else {
            throw problem(item, "is no value")
        }
        guard range.contains(number) else {
            throw problem(item, "is not from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private func problem(_ item: Substring, _ what: String) -> CronExpression.Problem {
        CronExpression.Problem(description: "\(name) \"\(item)\" \(what)")
    }
}

extension String {
    fileprivate var trimming: String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}

extension CronExpression: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            self = try CronExpression(container.decode(String.self))
        } catch let problem as Problem {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: problem.description)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
