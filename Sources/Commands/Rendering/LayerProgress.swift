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
    /// What is being done to it now is counted in bytes.
    private var isCounted = false

    init(id: String) { self.id = id }

    mutating func update(_ event: Progress, at now: Int64) {
        status = event.status
        if text != event.text { rate = TransferRate() }
        text = event.text
        details = event.details ?? ""
        total = max(total, event.total ?? 0)
        // What has to be done once more starts again.
        current = event.current ?? (event.status == .done ? total : current)
        isCounted = event.current != nil
        if isCounted { rate.add(current, at: now) }
    }

    /// Whether the event tells nothing new but bytes.
    func isAsBefore(_ event: Progress) -> Bool { status == event.status && text == event.text }

    /// `   ⠋ a1b2c3d4e5f6 Downloading   [====>    ]  12MB / 30MB  11MB/s  2s`, no wider than the window.
    func render(marker: String, columns: Int, at now: Int64) -> String {
        let name = padded(String(id.prefix(Self.nameWidth)), to: Self.nameWidth) + " "
        // Three blanks, the marker and one blank stand before it.
        let room = max(0, columns - 5)
        guard room > Self.nameWidth + Self.textWidth + 2 else {
            return "   " + marker + " " + ellipsized(name + text, to: room)
        }
        let rest = room - Self.nameWidth - Self.textWidth - 2
        let tail = hasBar ? transfer(now).render(width: rest) : ellipsized(details, to: rest)
        let label = tail.isEmpty ? text : padded(text, to: Self.textWidth) + " " + tail
        return "   " + marker + " " + name + label
    }

    private var hasBar: Bool { status == .working && total > 0 && isCounted }

    private func transfer(_ now: Int64) -> TransferLine {
        TransferLine(
            current: current, total: total, rate: rate.perSecond(at: now),
            remaining: rate.remaining(total - current, at: now))
    }
}
