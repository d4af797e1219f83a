import ControlAPI

/// One live line.
struct ProgressTask {
    private static let bars = ["⠀", "⡀", "⣀", "⣄", "⣤", "⣦", "⣶", "⣷", "⣿"]

    let id: String
    private(set) var status: Progress.Status
    private var text: String
    private var details: String
    private let started: Int64
    private var ended: Int64?
    private(set) var layers: [LayerProgress] = []
    private var layerPositions: [String: Int] = [:]
    private var own: LayerProgress

    init(id: String, event: Progress?, at now: Int64) {
        self.id = id
        status = event?.status ?? .working
        text = event?.text ?? ""
        details = event?.details ?? ""
        started = now
        own = LayerProgress(id: id)
    }

    mutating func update(_ event: Progress, at now: Int64) {
        status = event.status
        text = event.text
        details = event.details ?? ""
        own.update(event, at: now)
        ended = status == .working ? nil : (ended ?? now)
    }

    /// Whether nothing but the layer's bytes is new.
    mutating func updateLayer(_ event: Progress, at now: Int64) -> Bool {
        let position = layerPositions[event.id] ?? layers.count
        if position == layers.count {
            layerPositions[event.id] = position
            layers.append(LayerProgress(id: event.id))
        }
        defer { layers[position].update(event, at: now) }
        return layers[position].isAsBefore(event)
    }

    mutating func end(at now: Int64) { ended = ended ?? now }

    /// ` ✔ Container shop-web-1  Started   0.3s`, no wider than the window.
    /// `withBar`: the layers are drawn together into a bar, since they have no lines of their own.
    func render(idWidth: Int, columns: Int, colored: Bool, withBar: Bool = true, at now: Int64) -> String {
        let timer = fixed(Double((ended ?? now) - started) / 1000, digits: 1) + "s"
        // The marker and the blanks around it, and one blank before the timer.
        let room = max(0, columns - timer.count - 4)
        let name = ellipsized(padded(id, to: min(idWidth, max(0, room - 12))), to: room)
        var rest = room - name.unicodeScalars.count
        let tail = tail(withBar: withBar)
        let label = ellipsized(rest > 1 ? " " + text : "", to: rest)
        rest -= label.unicodeScalars.count
        let more = rest > 4 ? ellipsized(tail.isEmpty ? "" : " " + tail, to: rest) : ""
        let gap = String(repeating: " ", count: max(1, rest - more.unicodeScalars.count + 1))
        return " " + Marker(of: status, age: now - started).apply(colored) + " " + name
            + style.apply(label, colored: colored) + more + gap
            + Style.blue.apply(timer, colored: colored)
    }

    /// A layer's own line, below this one.
    func renderLayer(_ layer: LayerProgress, columns: Int, colored: Bool, at now: Int64) -> String {
        let marker = Marker(of: layer.status, age: now - started)
        return layer.render(marker: marker.apply(colored), columns: columns, at: now)
    }

    private func tail(withBar: Bool) -> String {
        guard status == .working, withBar, let bar else { return firstLine(details) }
        return details.isEmpty ? bar : bar + " " + firstLine(details)
    }

    private func firstLine(_ text: String) -> String { String(text.prefix { !$0.isNewline }) }

    /// `[⣿⣦⡀] 1.2MB / 30MB`; `nil` while nothing is known.
    private var bar: String? {
        let all = layers.isEmpty ? [own] : layers
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
}

/// The sign before a live line.
private struct Marker {
    private static let spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]
    /// Milliseconds a picture of the spinner.
    private static let spinnerPace: Int64 = 100

    private let text: String
    private let style: Style

    /// `age` in milliseconds turns the spinner.
    init(of status: Progress.Status, age: Int64) {
        (text, style) =
            switch status {
            case .working: (Self.spinner[Int((max(0, age) / Self.spinnerPace) % Int64(Self.spinner.count))], .yellow)
            case .done: ("✔", .green)
            case .warning: ("!", .boldYellow)
            case .error: ("✘", .boldRed)
            }
    }

    func apply(_ colored: Bool) -> String { style.apply(text, colored: colored) }
}
