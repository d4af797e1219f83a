import ControlAPI

/// One layer of an image on its way, as a live line below its image's.
struct LayerProgress {
    private static let nameWidth = 12
    private static let textWidth = 14

    let id: String
    private(set) var status: Progress.Status = .working
    private(set) var current: Int64 = 0
    private(set) var total: Int64 = 0
    private var text = ""
    private var details = ""
    private var rate = TransferRate()

    init(id: String) { self.id = id }

    mutating func update(_ event: Progress, at now: Int64) {
        status = event.status
        if text != event.text { rate = TransferRate() }
        text = event.text
        details = event.details ?? ""
        total = max(total, event.total ?? 0)
        // What has to be done once more starts again.
        current = event.current ?? (event.status == .done ? total : current)
        if event.current != nil { rate.add(current, at: now) }
    }

    /// Whether the event tells nothing new but bytes.
    func isAsBefore(_ event: Progress) -> Bool { status == event.status && text == event.text }

    /// `   ⠋ a1b2c3d4e5f6 Downloading   [====>    ]  12MB / 30MB  11MB/s  2s`, no wider than the window.
    func render(marker: String, columns: Int, at now: Int64) -> String {
        let name = padded(String(id.prefix(Self.nameWidth)), to: Self.nameWidth) + " "
        // Three blanks, the marker and one blank stand before it.
        let room = max(0, columns - 5)
        guard room > Self.nameWidth + Self.textWidth + 1 else {
            return "   " + marker + " " + ellipsized(name + text, to: room)
        }
        let head = name + padded(text, to: Self.textWidth)
        let rest = room - head.unicodeScalars.count - 1
        let tail = hasBar(now) ? transfer(now).render(width: rest) : ellipsized(details, to: rest)
        return "   " + marker + " " + head + (tail.isEmpty ? "" : " " + tail)
    }

    private func hasBar(_ now: Int64) -> Bool { status == .working && total > 0 }

    private func transfer(_ now: Int64) -> TransferLine {
        TransferLine(
            current: current, total: total, rate: rate.perSecond(at: now),
            remaining: rate.remaining(total - current, at: now))
    }
}
