public import StackModel

extension CronExpression {
    /// The first time after `time` at which the zone's clocks show what the expression says; seconds since 1970.
    ///
    /// A time that the clocks skip is never shown, one that they show twice comes twice, as with Kubernetes.
    ///
    /// - Returns: `nil` if there is none: a thirtieth of February.
    public func next(after time: Int64, in zone: TimeZoneRules) -> Int64? {
        let local = time + Int64(zone.offset(at: time))
        // One day back: clocks that are put back over midnight show yesterday once more.
        let first = Int((Double(local) / 86_400).rounded(.down)) - 1
        let minutes = minutesOfDay
        for day in first..<(first + Self.longestWait) where matches(CivilDate(daysSince1970: day)) {
            guard let found = Self.first(minutes, on: day, after: time, zone) else { continue }
            let isNextToo = matches(CivilDate(daysSince1970: day + 1))
            let other = isNextToo ? Self.first(minutes, on: day + 1, after: time, zone) : nil
            return min(found, other ?? found)
        }
        return nil
    }

    /// Days after which nothing comes any more: of a leap day over a century without one.
    private static let longestWait = 366 * 9

    private static func first(_ minutes: [Int], on day: Int, after time: Int64, _ zone: TimeZoneRules) -> Int64? {
        let midnight = Int64(day) * 86_400
        // What the offset can be at some time of this day.
        let offsets = Set((-1...5).map { zone.offset(at: midnight + Int64($0) * 21_600 - 43_200) }).union(
            [zone.offset(at: midnight + 129_600)])
        var best: Int64?
        for offset in offsets {
            for minute in minutes {
                let moment = midnight + Int64(minute) * 60 - Int64(offset)
                guard moment > time, zone.offset(at: moment) == offset else { continue }
                best = min(best ?? moment, moment)
                break
            }
        }
        return best
    }

    func matches(_ date: CivilDate) -> Bool {
        guard months & (1 << UInt64(date.month)) != 0 else { return false }
        let isDay = days & (1 << UInt64(date.day)) != 0
        let isWeekday = weekdays & (1 << UInt64(date.weekday)) != 0
        return isEveryDay || isEveryWeekday ? isDay && isWeekday : isDay || isWeekday
    }

    /// The minutes of a day that match, in order.
    var minutesOfDay: [Int] {
        (0..<24).filter { hours & (1 << UInt64($0)) != 0 }.flatMap { hour in
            (0..<60).filter { minutes & (1 << UInt64($0)) != 0 }.map { hour * 60 + $0 }
        }
    }
}
