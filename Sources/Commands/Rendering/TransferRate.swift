/// How fast bytes come, as the mean of the last few seconds. Pure: the time (milliseconds from any origin) is given.
struct TransferRate {
    /// Milliseconds that the mean is taken over.
    private static let window: Int64 = 3_000
    /// Milliseconds between two samples that are kept, so that there are never more than some thirty.
    private static let pace: Int64 = 100
    /// Milliseconds below which a mean says nothing.
    private static let least: Int64 = 200

    private var samples: [(time: Int64, bytes: Int64)] = []

    /// So many bytes are there now, all told.
    mutating func add(_ bytes: Int64, at now: Int64) {
        if samples.count >= 2, now - samples[samples.count - 2].time < Self.pace { samples.removeLast() }
        samples.append((now, bytes))
        // The newest sample that has left the window stays: it is where the mean begins.
        while samples.count > 2, now - samples[1].time >= Self.window { samples.removeFirst() }
    }

    /// Bytes a second; `nil` while too little is known.
    func perSecond(at now: Int64) -> Int64? {
        guard let first = samples.first, let last = samples.last else { return nil }
        let time = max(now, last.time) - first.time
        guard time >= Self.least else { return nil }
        return max(0, last.bytes - first.bytes) * 1000 / time
    }

    /// Seconds until so many bytes more have come; `nil` while nothing comes.
    func remaining(_ bytes: Int64, at now: Int64) -> Int64? {
        guard let rate = perSecond(at: now), rate > 0 else { return nil }
        return (max(0, bytes) + rate - 1) / rate
    }
}

/// A remaining time as a bar shows it: `42s`, `3m05s`, `2h10m`.
func shortDuration(seconds: Int64) -> String {
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    switch seconds {
    case ..<60: return "\(max(0, seconds))s"
    case ..<3600: return "\(seconds / 60)m\(two(seconds % 60))s"
    case ..<360_000: return "\(seconds / 3600)h\(two(seconds / 60 % 60))m"
    default: return ">99h"
    }
}
