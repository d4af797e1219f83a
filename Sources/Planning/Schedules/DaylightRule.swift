/// The rule for all times after a zone's last noted change, as POSIX writes `TZ` (`man 3 tzset`): `CET-1CEST,M3.5.0,M10.5.0/3`.
struct DaylightRule: Equatable {
    /// Seconds east of Greenwich.
    private var standard: Int
    fileprivate var daylight: (offset: Int, begins: Day, ends: Day)?

    fileprivate enum Place: Equatable {
        /// 1 to 365, the leap day never counted.
        case julian(Int)
        /// 0 to 365.
        case ordinal(Int)
        /// The week-th weekday of the month; 5 is the last.
        case weekday(month: Int, week: Int, weekday: Int)
    }

    fileprivate struct Day: Equatable {
        var place: Place
        /// Seconds after midnight; may be of another day.
        var time: Int
    }

    static func == (left: DaylightRule, right: DaylightRule) -> Bool {
        left.standard == right.standard && left.daylight?.offset == right.daylight?.offset
            && left.daylight?.begins == right.daylight?.begins && left.daylight?.ends == right.daylight?.ends
    }

    init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        guard Self.takeName(&rest), let west = Self.takeTime(&rest) else { return nil }
        standard = -west
        if rest.isEmpty { return }
        guard Self.takeName(&rest) else { return nil }
        var offset = standard + 3600
        if let first = rest.first, first != 0x2c {
            guard let west = Self.takeTime(&rest) else { return nil }
            offset = -west
        }
        guard let begins = Self.takeDay(&rest), let ends = Self.takeDay(&rest), rest.isEmpty else { return nil }
        daylight = (offset, begins, ends)
    }

    func offset(at time: Int64) -> Int {
        guard let daylight else { return standard }
        let local = Int(clamping: time) + standard
        let year = CivilDate(daysSince1970: Int((Double(local) / 86_400).rounded(.down))).year
        // A change may fall into the next or the last year of the standard clock.
        let changes = (year - 1...year + 1).flatMap { year in
            [
                (time: daylight.begins.seconds(of: year) - standard, offset: daylight.offset),
                (time: daylight.ends.seconds(of: year) - daylight.offset, offset: standard),
            ]
        }
        let past = changes.sorted { $0.time < $1.time }.last { $0.time <= Int(clamping: time) }
        return past?.offset ?? standard
    }

    // MARK: Reading

    private static func takeName(_ rest: inout ArraySlice<UInt8>) -> Bool {
        if rest.first == 0x3c {
            guard let end = rest.firstIndex(of: 0x3e) else { return false }
            rest = rest[(end + 1)...]
            return true
        }
        let name = rest.prefix { (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0) }
        rest = rest[name.endIndex...]
        return name.count >= 3
    }

    private static func takeNumber(_ rest: inout ArraySlice<UInt8>) -> Int? {
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty, digits.count <= 4 else { return nil }
        rest = rest[digits.endIndex...]
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// `[+-]hh[:mm[:ss]]`, in seconds.
    private static func takeTime(_ rest: inout ArraySlice<UInt8>) -> Int? {
        let isNegative = rest.first == 0x2d
        if isNegative || rest.first == 0x2b { rest = rest.dropFirst() }
        guard var total = takeNumber(&rest).map({ $0 * 3600 }) else { return nil }
        for unit in [60, 1] where rest.first == 0x3a {
            rest = rest.dropFirst()
            guard let number = takeNumber(&rest) else { return nil }
            total += number * unit
        }
        return isNegative ? -total : total
    }

    private static func takeDay(_ rest: inout ArraySlice<UInt8>) -> Day? {
        guard rest.first == 0x2c else { return nil }
        rest = rest.dropFirst()
        guard let place = takePlace(&rest) else { return nil }
        guard rest.first == 0x2f else { return Day(place: place, time: 7200) }
        rest = rest.dropFirst()
        return takeTime(&rest).map { Day(place: place, time: $0) }
    }

    private static func takePlace(_ rest: inout ArraySlice<UInt8>) -> Place? {
        switch rest.first {
        case 0x4a:
            rest = rest.dropFirst()
            return takeNumber(&rest).flatMap { (1...365).contains($0) ? .julian($0) : nil }
        case 0x4d:
            var numbers: [Int] = []
            for _ in 0..<3 {
                rest = rest.dropFirst()
                guard let number = takeNumber(&rest) else { return nil }
                numbers.append(number)
            }
            guard (1...12).contains(numbers[0]), (1...5).contains(numbers[1]), (0...6).contains(numbers[2]) else {
                return nil
            }
            return .weekday(month: numbers[0], week: numbers[1], weekday: numbers[2])
        default: return takeNumber(&rest).flatMap { $0 <= 365 ? .ordinal($0) : nil }
        }
    }
}

extension DaylightRule.Day {
    /// Seconds since 1970 by the clock that is changed.
    fileprivate func seconds(of year: Int) -> Int { place.day(of: year) * 86_400 + time }
}

extension DaylightRule.Place {
    /// The day's number since 1970.
    fileprivate func day(of year: Int) -> Int {
        let first = CivilDate.days(year: year, month: 1, day: 1)
        switch self {
        case .ordinal(let number): return first + number
        case .julian(let number): return first + number - 1 + (number > 59 && CivilDate.isLeap(year) ? 1 : 0)
        case .weekday(let month, let week, let weekday):
            let start = CivilDate.days(year: year, month: month, day: 1)
            let next =
                month == 12
                ? CivilDate.days(year: year + 1, month: 1, day: 1)
                : CivilDate.days(year: year, month: month + 1, day: 1)
            let shift = (weekday - CivilDate(daysSince1970: start).weekday + 7) % 7
            let day = start + shift + (week - 1) * 7
            return day < next ? day : day - 7
        }
    }
}
