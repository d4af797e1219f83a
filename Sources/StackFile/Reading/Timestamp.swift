/// A plain scalar that YAML 1.1 takes for a time: `2024-05-01`, `2024-05-01 10:00:00`, `2024-05-01T10:00:00.5+02:00`.
struct Timestamp {
    /// As Docker Compose prints it where a text is wanted: `2024-05-01 10:00:00.5 +0200 +0200`.
    let text: String

    init?(_ source: String) {
        var rest = source.utf8[...]
        guard source.utf8.count >= 8, let year = Self.digits(&rest, 4...4), Self.skip("-", &rest),
            let month = Self.digits(&rest, 1...2), Self.skip("-", &rest), let day = Self.digits(&rest, 1...2),
            (1...12).contains(month), day >= 1, day <= Self.days(in: month, of: year)
        else { return nil }
        var text = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
        if rest.isEmpty {
            self.text = text + " 00:00:00 +0000 UTC"
            return
        }
        guard let separator = rest.popFirst(), "Tt ".utf8.contains(separator), let time = Self.time(&rest) else {
            return nil
        }
        text += " " + time
        if separator == UInt8(ascii: " ") {
            guard rest.isEmpty else { return nil }
            self.text = text + " +0000 UTC"
        } else {
            guard let zone = Self.zone(&rest), rest.isEmpty else { return nil }
            self.text = text + " " + zone
        }
    }

    /// Hours, minutes, seconds and their fraction.
    private static func time(_ rest: inout Substring.UTF8View) -> String? {
        guard let hour = digits(&rest, 1...2), hour < 24, skip(":", &rest), let minute = digits(&rest, 1...2),
            minute < 60, skip(":", &rest), let second = digits(&rest, 1...2), second < 60
        else { return nil }
        let text = "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))"
        guard rest.first == UInt8(ascii: ".") else { return text }
        rest.removeFirst()
        var fraction = Array(rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        guard (1...9).contains(fraction.count) else { return nil }
        rest.removeFirst(fraction.count)
        while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
        return fraction.isEmpty ? text : text + "." + String(decoding: fraction, as: UTF8.self)
    }

    private static func zone(_ rest: inout Substring.UTF8View) -> String? {
        guard let sign = rest.popFirst() else { return nil }
        if sign == UInt8(ascii: "Z") { return "+0000 UTC" }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), let hours = digits(&rest, 2...2), hours <= 24,
            skip(":", &rest), let minutes = digits(&rest, 2...2), minutes < 60
        else { return nil }
        if hours == 0, minutes == 0 { return "+0000 UTC" }
        let offset = (sign == UInt8(ascii: "+") ? "+" : "-") + padded(hours, 2) + padded(minutes, 2)
        return "\(offset) \(offset)"
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func skip(_ text: String, _ rest: inout Substring.UTF8View) -> Bool {
        guard rest.first == text.utf8.first else { return false }
        rest.removeFirst()
        return true
    }

    private static func digits(_ rest: inout Substring.UTF8View, _ count: ClosedRange<Int>) -> Int? {
        let found = rest.prefix(count.upperBound).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard found.count >= count.lowerBound else { return nil }
        rest.removeFirst(found.count)
        return found.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}
