import ControlAPI

/// Which reports about the layers of images are worth a line of their own. Layers report every chunk, and a log or a
/// script that reads along wants far fewer. A pure state machine: the time (milliseconds from any origin) is given.
struct LayerPace {
    private struct Layer: Hashable {
        var image: String
        var id: String
    }

    private struct Shown {
        var status: Progress.Status
        var text: String
        var at: Int64
    }

    /// Milliseconds between two lines that differ in nothing but bytes; `nil`: there are no such lines.
    private let interval: Int64?
    private var shown: [Layer: Shown] = [:]

    /// More layers than a stack has; beyond it they are forgotten, and each says its state once more.
    static let limit = 10_000

    init(interval: Int64?) { self.interval = interval }

    /// Whether the event is to be shown; it then counts as shown at this time.
    mutating func shows(_ event: Progress, at now: Int64) -> Bool {
        guard let image = event.parentID else { return true }
        let layer = Layer(image: image, id: event.id)
        if let last = shown[layer], last.status == event.status, last.text == event.text {
            guard let interval, event.current != nil, now - last.at >= interval else { return false }
        }
        if shown.count >= Self.limit { shown.removeAll() }
        shown[layer] = Shown(status: event.status, text: event.text, at: now)
        return true
    }
}
