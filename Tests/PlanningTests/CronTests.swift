import Foundation
import Testing

@testable import Planning
@testable import StackModel

private func seconds(_ year: Int, _ month: Int, _ day: Int, _ hour: Int = 0, _ minute: Int = 0) -> Int64 {
    Int64(CivilDate.days(year: year, month: month, day: day)) * 86_400 + Int64(hour * 3600 + minute * 60)
}

/// This host's zone; tests that need one are skipped where the host has none.
private func zone(_ name: String) -> TimeZoneRules? {
    (try? Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/\(name)"))).flatMap { TimeZoneRules(file: Array($0)) }
}

private let hasZones = zone("Europe/Berlin") != nil

@Suite struct CronTests {
    private static let cases: [String] = {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Corpus/schedules/times.txt")
        // Without the file there are no cases, which the test sees.
        let text = (try? String(contentsOf: path, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }()

    @Test(
        "500 expressions in zones with daylight saving come when croniter says (scripts/testing/cron-times)",
        .enabled(if: hasZones))
    func differential() throws {
        #expect(Self.cases.count == 1000)
        var zones: [String: TimeZoneRules] = [:]
        for line in Self.cases {
            let parts = line.split(separator: "\t").map(String.init)
            let name = parts[1]
            if zones[name] == nil { zones[name] = zone(name) }
            let (expression, rules) = (try CronExpression(parts[0]), try #require(zones[name]))
            var time = try #require(Int64(parts[2]))
            var found: [String] = []
            while found.count < parts.count - 3, let next = expression.next(after: time, in: rules) {
                (time, found) = (next, found + ["\(next)"])
            }
            #expect(found == Array(parts[3...]), "\(line)")
        }
    }

    @Test(
        "Words and signs mean what they stand for",
        arguments: [
            ("@hourly", "0 * * * *"), ("@daily", "0 0 * * *"), ("@midnight", "0 0 * * *"), ("@weekly", "0 0 * * 0"),
            ("@monthly", "0 0 1 * *"), ("@yearly", "0 0 1 1 *"), ("@annually", "0 0 1 1 *"), ("? ? ? ? ?", "* * * * *"),
            (" 0\t0 * *  7 ", "0 0 * * 0"), ("0 0 * JAN SUN", "0 0 * 1 0"), ("5/20 * * * *", "5,25,45 * * * *"),
            ("0 0 * * 5-7", "0 0 * * 0,5,6"), ("*/1 * * * *", "* * * * *"), ("0 0 * * 7/3", "0 0 * * 0"),
        ])
    func equal(text: String, other: String) throws {
        let (one, two) = (try CronExpression(text), try CronExpression(other))
        #expect(one.minutes == two.minutes && one.hours == two.hours && one.days == two.days)
        #expect(one.months == two.months && one.weekdays == two.weekdays)
        #expect(one.isEveryDay == two.isEveryDay && one.isEveryWeekday == two.isEveryWeekday)
    }

    @Test(
        "What is no expression is told",
        arguments: [
            ("", "must have five fields (minute, hour, day, month, weekday), not 0"),
            ("* * * *", "must have five fields (minute, hour, day, month, weekday), not 4"),
            ("0 * * * * *", "must have five fields (minute, hour, day, month, weekday), not 6"),
            ("60 * * * *", "minute \"60\" is not from 0 to 59"), ("* 24 * * *", "hour \"24\" is not from 0 to 23"),
            ("* * 0 * *", "day \"0\" is not from 1 to 31"), ("* * * 13 *", "month \"13\" is not from 1 to 12"),
            ("* * * * 8", "weekday \"8\" is not from 0 to 7"), ("5-3 * * * *", "minute \"5-3\" begins after its end"),
            ("7-3 * * * *", "minute \"7-3\" begins after its end"), ("1-2-3 * * * *", "minute \"1-2-3\" is no range"),
            ("*/0 * * * *", "minute \"*/0\" has no step from 1 to 60"),
            ("*/ * * * *", "minute \"*/\" has no step from 1 to 60"),
            ("1,,2 * * * *", "minute \"\" is no value"), ("-1 * * * *", "minute \"-1\" is no value"),
            ("* * * jap *", "month \"jap\" is no value"),
            ("*/99999999999999999999 * * * *", "minute \"*/99999999999999999999\" has no step from 1 to 60"),
            ("@reboot", "\"@reboot\" is none of @annually, @daily, @hourly, @midnight, @monthly, @weekly, @yearly"),
        ])
    func problems(text: String, message: String) {
        #expect(throws: CronExpression.Problem(description: message)) { try CronExpression(text) }
    }

    @Test("What never comes is known not to come, and a leap day is waited for over a century that has none")
    func never() throws {
        #expect(try CronExpression("0 0 30 2 *").next(after: 0, in: .utc) == nil)
        let leap = try CronExpression("0 0 29 2 *")
        #expect(leap.next(after: seconds(2096, 3, 1), in: .utc) == seconds(2104, 2, 29))
    }

    @Test("A time that the clocks skip doesn't come, one that they show twice comes twice", .enabled(if: hasZones))
    func daylight() throws {
        let berlin = try #require(zone("Europe/Berlin"))
        let daily = try CronExpression("30 2 * * *")
        // 2024-03-31 has no 02:30; 2024-10-27 has two.
        #expect(daily.next(after: seconds(2024, 3, 30, 1, 30), in: berlin) == seconds(2024, 4, 1, 0, 30))
        #expect(daily.next(after: seconds(2024, 10, 26, 12), in: berlin) == seconds(2024, 10, 27, 0, 30))
        #expect(daily.next(after: seconds(2024, 10, 27, 0, 30), in: berlin) == seconds(2024, 10, 27, 1, 30))
    }

    @Test(
        "After a zone's last noted change its rule holds", .enabled(if: hasZones),
        arguments: [
            ("Europe/Berlin", seconds(2150, 7, 1), 7200), ("Europe/Berlin", seconds(2150, 1, 1), 3600),
            ("Australia/Lord_Howe", seconds(2150, 1, 1), 39_600), ("Australia/Lord_Howe", seconds(2150, 7, 1), 37_800),
            ("America/New_York", seconds(2150, 12, 1), -18_000), ("Asia/Kathmandu", seconds(2150, 1, 1), 20_700),
            ("UTC", seconds(2150, 1, 1), 0),
        ])
    func rules(name: String, time: Int64, offset: Int) throws {
        #expect(try #require(zone(name)).offset(at: time) == offset)
    }

    @Test("What is no zone is none, wherever it is cut")
    func hostile() throws {
        #expect(TimeZoneRules(file: []) == nil)
        #expect(TimeZoneRules(file: Array("TZif2".utf8) + Array(repeating: 0xff, count: 100)) == nil)
        guard let file = try? Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/Europe/Berlin")) else { return }
        for length in stride(from: 0, to: file.count, by: 7) {
            _ = TimeZoneRules(file: Array(file.prefix(length)))?.offset(at: 0)
        }
        var random = SeededGenerator(seed: 14)
        for _ in 0..<300 {
            var bytes = Array(file)
            for _ in 0..<4 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            _ = TimeZoneRules(file: bytes)?.offset(at: seconds(2100, 1, 1))
        }
    }
}

/// What Kubernetes' CronJob does with times that have come.
@Suite struct ScheduleTests {
    private static func schedule(
        _ concurrency: ScheduleSettings.Concurrency = .allow, deadline: Int64? = nil, isSuspended: Bool = false
    ) throws -> Schedule {
        Schedule(
            ScheduleSettings(
                try CronExpression("*/10 * * * *"), concurrency: concurrency, startingDeadlineSeconds: deadline,
                isSuspended: isSuspended))
    }

    @Test("Before its time nothing runs, at its time one does")
    func due() throws {
        let schedule = try Self.schedule()
        #expect(schedule.decide(now: 599, last: 0, active: 0) == .init(next: 600))
        #expect(schedule.decide(now: 600, last: 0, active: 3) == .init(run: 600, next: 1200))
        #expect(schedule.decide(now: 601, last: 600, active: 0) == .init(next: 1200))
    }

    @Test("Of the times that passed while the host slept, the latest is made up for")
    func missed() throws {
        let schedule = try Self.schedule()
        #expect(schedule.decide(now: 2000, last: 0, active: 0) == .init(run: 1800, missed: 2, next: 2400))
        let years = schedule.decide(now: 1_000_000_500, last: 0, active: 0)
        #expect(years == .init(run: 1_000_000_200, missed: Schedule.mostMissed, next: 1_000_000_800))
    }

    @Test("What is later than the deadline stays missed")
    func deadline() throws {
        let schedule = try Self.schedule(deadline: 60)
        #expect(schedule.decide(now: 1860, last: 0, active: 0).run == 1800)
        #expect(schedule.decide(now: 1861, last: 0, active: 0) == .init(next: 2400))
    }

    @Test("Runs that are under way are waited for, ended or passed over, as the policy says")
    func concurrency() throws {
        let forbid = try Self.schedule(.forbid, deadline: 300)
        #expect(forbid.decide(now: 600, last: 0, active: 1) == .init(next: 1200))
        #expect(forbid.decide(now: 700, last: 0, active: 0).run == 600)
        #expect(forbid.decide(now: 901, last: 0, active: 0).run == nil)
        let replace = try Self.schedule(.replace)
        #expect(replace.decide(now: 600, last: 0, active: 1) == .init(run: 600, endsOthers: true, next: 1200))
        #expect(replace.decide(now: 600, last: 0, active: 0) == .init(run: 600, next: 1200))
    }

    @Test("A suspended schedule does nothing; the clock set back runs nothing twice")
    func suspended() throws {
        #expect(try Self.schedule(isSuspended: true).decide(now: 10_000, last: 0, active: 0) == .init())
        #expect(try Self.schedule().decide(now: 100, last: 6000, active: 0) == .init(next: 6600))
    }
}
