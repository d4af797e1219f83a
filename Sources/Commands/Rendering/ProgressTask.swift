import ControlAPI

/// One live line.
struct ProgressTask {
    private struct Layer {
        var current: Int64 = 0
        var total: Int64 = 0
    }

    private static let spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]
    private static let bars = ["⠀", "⡀", "⣀", "⣄", "⣤", "⣦", "⣶", "⣷", "⣿"]
    /// Milliseconds a picture of the spinner.
    private static let spinnerPace: Int64 = 100

    let id: String
    private(set) var status: Progress.Status
    private var text: String
    private var details: String
    private let started: Int64
    private var ended: Int64?
    private var layers: [String: Layer] = [:]
    private var layerOrder: [String] = []
    private var own = Layer()

    init(id: String, event: Progress?, at now: Int64) {
        self.id = id
        status = event?.status ?? .working
        text = event?.text ?? ""
        details = event?.details ?? ""
        started = now
    }

    mutating func update(_ event: Progress, at now: Int64) {
        status = event.status
        text = event.text
        details = event.details ?? ""
        own.current = max(own.current, event.current ?? 0)
        own.total = max(own.total, event.total ?? 0)
        ended = status == .working ? nil : (ended ?? now)
    }

    mutating func updateLayer(_ event: Progress) {
        if layers[event.id] == nil { layerOrder.append(event.id) }
        var layer = layers[event.id] ?? Layer()
        layer.total = max(layer.total, event.total ?? 0)
        layer.current = max(layer.current, event.current ?? (event.status == .done ? layer.total : 0))
        layers[event.id] = layer
    }

    mutating func end(at now: Int64) { ended = ended ?? now }

    /// ` ✔ Container shop-web-1  Started   0.3s`, no wider than the window.
    func render(idWidth: Int, columns: Int, colored: Bool, at now: Int64) -> String {
        let timer = fixed(Double((ended ?? now) - started) / 1000, digits: 1) + "s"
        // The marker and the blanks around it, and one blank before the timer.
        let room = max(0, columns - timer.count - 4)
        let name = ellipsized(padded(id, to: min(idWidth, max(0, room - 12))), to: room)
        var rest = room - name.unicodeScalars.count
        let label = ellipsized(rest > 1 ? " " + text : "", to: rest)
        rest -= label.unicodeScalars.count
        let more = rest > 4 ? ellipsized(tail.isEmpty ? "" : " " + tail, to: rest) : ""
        let gap = String(repeating: " ", count: max(1, rest - more.unicodeScalars.count + 1))
        return " " + marker(at: now).apply(colored) + " " + name + style.apply(label, colored: colored) + more + gap
            + Style.blue.apply(timer, colored: colored)
    }

    private var tail: String {
        guard status == .working, let bar else { return firstLine(details) }
        return details.isEmpty ? bar : bar + " " + firstLine(details)
    }

    private func firstLine(_ text: String) -> String { String(text.prefix { !$0.isNewline }) }

    /// `[⣿⣦⡀] 1.2MB / 30MB`; `nil` while nothing is known.
    private var bar: String? {
        let all = layerOrder.isEmpty ? [own] : layerOrder.compactMap { layers[$0] }
        let total = all.reduce(0) { $0 + $1.total }
        guard total > 0 else { return nil }
        let current = all.reduce(0) { $0 + $1.current }
        let pictures = all.map { layer in
            let full = Int64(Self.bars.count - 1)
            return Self.bars[layer.total > 0 ? Int(min(full, full * min(layer.current, layer.total) / layer.total)) : 0]
        }
        return "[\(pictures.joined())] \(humanSize(current)) / \(humanSize(total))"
    }

    private var style: Style {
        switch status {
        case .working: .plain
        case .done: .green
        case .warning: .boldYellow
        case .error: .boldRed
        }
    }

    private func marker(at now: Int64) -> Marker {
        switch status {
        case .working:
            let index = Int((max(0, now - started) / Self.spinnerPace) % Int64(Self.spinner.count))
            return Marker(text: Self.spinner[index], style: .yellow)
        case .done: return Marker(text: "✔", style: .green)
        case .warning: return Marker(text: "!", style: .boldYellow)
        case .error: return Marker(text: "✘", style: .boldRed)
        }
    }

    private struct Marker {
        var text: String
        var style: Style

        func apply(_ colored: Bool) -> String { style.apply(text, colored: colored) }
    }
}
