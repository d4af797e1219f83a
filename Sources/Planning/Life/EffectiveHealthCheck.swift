public import StackModel

/// A health check with every value set.
public struct EffectiveHealthCheck: Codable, Equatable, Sendable {
    /// What is run in the container, a shell included if there is one. Never empty.
    public var command: [String]
    public var interval: TimeSpan
    public var timeout: TimeSpan
    /// Failures in a row that make a container unhealthy, at least 1.
    public var retries: Int
    /// Failures in this time after the start don't count.
    public var startPeriod: TimeSpan
    /// The interval within the start period.
    public var startInterval: TimeSpan

    public init(
        command: [String], interval: TimeSpan = .seconds(30), timeout: TimeSpan = .seconds(30), retries: Int = 3,
        startPeriod: TimeSpan = .seconds(0), startInterval: TimeSpan = .seconds(5)
    ) {
        self.command = command
        self.interval = interval
        self.timeout = timeout
        self.retries = retries
        self.startPeriod = startPeriod
        self.startInterval = startInterval
    }

    /// What the service says, then what its image says, then Docker's defaults; a zero counts as not said, as in
    /// Docker. `nil`: there is no check, or it is switched off.
    /// - Parameter shell: runs a `CMD-SHELL`; the image's SHELL, where it has one.
    public init?(service: HealthCheck?, image: HealthCheck?, shell: [String] = ["/bin/sh", "-c"]) {
        let ownTest = service?.test.flatMap { $0.isEmpty ? nil : $0 }
        guard let test = ownTest ?? image?.test, let kind = test.first else { return nil }
        let words = Array(test.dropFirst())
        guard let first = words.first, !first.isEmpty else { return nil }
        switch kind {
        case "CMD": command = words
        case "CMD-SHELL": command = (shell.isEmpty ? ["/bin/sh", "-c"] : shell) + [words.joined(separator: " ")]
        default: return nil
        }
        interval = Self.first(service?.interval, image?.interval, .seconds(30))
        timeout = Self.first(service?.timeout, image?.timeout, .seconds(30))
        startPeriod = Self.first(service?.startPeriod, image?.startPeriod, .seconds(0))
        startInterval = Self.first(service?.startInterval, image?.startInterval, .seconds(5))
        retries = [service?.retries, image?.retries].compactMap { $0 }.first { $0 > 0 } ?? 3
    }

    private static func first(_ own: TimeSpan?, _ image: TimeSpan?, _ standard: TimeSpan) -> TimeSpan {
        min([own, image].compactMap { $0 }.first { $0.nanoseconds > 0 } ?? standard, longest)
    }

    /// A century: an image may say any number, and the present and it have to have a sum.
    private static let longest = TimeSpan.seconds(3_155_760_000)
}
