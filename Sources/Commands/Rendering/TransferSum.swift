import ControlAPI

/// All layers of a command together. A layer that several images share counts once.
struct TransferSum {
    private struct Layer {
        var current: Int64
        var total: Int64
        var isDone: Bool
    }

    private var layers: [String: Layer] = [:]
    private var current: Int64 = 0
    private var total: Int64 = 0
    private var done = 0
    private var rate = TransferRate()

    mutating func update(_ event: Progress, at now: Int64) {
        let old = layers[event.id] ?? Layer(current: 0, total: 0, isDone: false)
        let total = max(old.total, event.total ?? 0)
        let isDone = event.status == .done
        // Unpacking what has come already moves no bytes.
        let new = Layer(
            current: isDone ? total : max(old.current, min(event.current ?? 0, total)), total: total, isDone: isDone)
        layers[event.id] = new
        current += new.current - old.current
        self.total += new.total - old.total
        done += (new.isDone ? 1 : 0) - (old.isDone ? 1 : 0)
        if total > 0 { rate.add(current, at: now) }
    }

    /// `   Total 3/5       [====>    ]  12MB / 30MB  11MB/s  2s`; `nil` where there is nothing to sum up.
    func line(columns: Int, at now: Int64) -> String? {
        guard layers.count > 1, total > 0, done < layers.count else { return nil }
        let head = padded("     Total", to: 18) + padded("\(done)/\(layers.count)", to: 14)
        let transfer = TransferLine(
            current: current, total: total, rate: rate.perSecond(at: now),
            remaining: rate.remaining(total - current, at: now))
        let tail = transfer.render(width: columns - head.unicodeScalars.count - 1)
        return ellipsized(tail.isEmpty ? head : head + " " + tail, to: columns)
    }
}
