public import Planning
public import StackModel

/// What is wanted of a stack, and what was: `stacks/NAME/ledger.json`. A command writes here first; what makes it true
/// looks only at this and at what exists.
public struct StackLedger: Codable, Equatable, Sendable {
    /// The form of the ledger; a later version of Roost reads an earlier one's.
    public static let currentVersion = 1
    /// As many revisions are kept.
    public static let longestHistory = 10

    public enum State: String, Codable, Sendable {
        case up, stopped, down
    }

    /// The stack as one command wanted it.
    public struct Revision: Codable, Equatable, Sendable {
        /// From 1.
        public var number: Int
        public var stack: Stack
        /// The digests of the images' configurations, by ``Service/imageKey``, as far as they were known.
        public var images: [String: String]
        /// How many containers of each service.
        public var scale: [String: Int]
        /// Nanoseconds since 1970.
        public var time: Int64
        /// As its user would recognise it: `up (pid 4711)`.
        public var command: String
    }

    public var version = currentVersion
    /// The oldest first.
    public var revisions: [Revision] = []
    public var state = State.up
    /// How many containers of each service should exist.
    public var replicas: [String: Int] = [:]
    /// The command that is being carried out. Where there is one and nobody at work, it was cut short.
    public var pending: StackCommand?
    /// By service, of those that are wanted and run at times. Ledgers of earlier versions have none.
    public var schedules: [String: ScheduleState]?

    public init() {}

    public var current: Revision? { revisions.last }

    /// Writes down what `up` wants; the same as before is no new revision.
    mutating func want(_ stack: Stack, images: [String: String], scale: [String: Int], time: Int64, command: String) {
        replicas.merge(scale) { _, new in new }
        state = .up
        keepSchedules(of: stack, time: time / 1_000_000_000)
        if let last = current, last.stack == stack, last.images == images, last.scale == replicas { return }
        revisions.append(
            Revision(
                number: (current?.number ?? 0) + 1, stack: stack, images: images, scale: replicas, time: time,
                command: command))
        revisions = revisions.suffix(Self.longestHistory)
    }

    /// A schedule with new times begins anew: what would have come in the past is not made up for.
    /// - Parameter time: seconds since 1970.
    private mutating func keepSchedules(of stack: Stack, time: Int64) {
        var kept: [String: ScheduleState] = [:]
        for (name, service) in stack.services where replicas[name] != nil {
            guard let settings = service.schedule else { continue }
            let isSame = current?.stack.services[name]?.schedule.map(settings.hasTimes) ?? false
            let state = schedules?[name]
            kept[name] = isSame && state != nil ? state : ScheduleState(since: time, last: state?.last)
        }
        schedules = kept.isEmpty ? nil : kept
    }

    mutating func note(_ time: Int64?, asLastOf service: String) {
        guard let time, time > schedules?[service]?.last ?? .min else { return }
        schedules?[service]?.last = time
    }

    /// Whether something is to be done at a time that will come.
    var waitsForTimes: Bool {
        guard state == .up, let schedules, let services = current?.stack.services else { return false }
        return schedules.keys.contains { services[$0]?.schedule?.isSuspended == false }
    }
}
