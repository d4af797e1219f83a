import ControlAPI

/// Live lines on a terminal: one a resource, each with its state and how long it took; each layer of an image that
/// is being got with a bar of its own below its image, as far as the window has lines for them, and a line for their sum.
struct TerminalProgress {
    private let operation: String
    private let colored: Bool
    private var tasks: [ProgressTask] = []
    private var positions: [String: Int] = [:]
    private var sum = TransferSum()
    /// Lines of the frame that is on the screen, the header included.
    private var shownLines = 0
    /// When the last frame was drawn.
    private var drawn: Int64?

    /// Milliseconds between two frames that differ in nothing but bytes.
    private static let pace: Int64 = 50

    init(operation: String, colored: Bool) {
        self.operation = operation
        self.colored = colored
    }

    mutating func progress(_ event: Progress, at now: Int64, window: WindowSize) -> String {
        if let parent = event.parentID {
            let position = position(of: parent, event: nil, at: now)
            let isOnlyBytes = tasks[position].updateLayer(event, at: now)
            sum.update(event, at: now)
            if isOnlyBytes, let drawn, now - drawn < Self.pace { return "" }
        } else {
            let position = position(of: event.id, event: event, at: now)
            tasks[position].update(event, at: now)
        }
        return frame(at: now, window: window)
    }

    /// A line that stays above the live ones.
    mutating func message(_ text: String, isWarning: Bool, at now: Int64, window: WindowSize) -> String {
        let line = (isWarning ? Style.yellow : .plain).apply(text, colored: colored)
        let erased = Ansi.up(shownLines) + (shownLines > 0 ? "\r" + Ansi.eraseBelow : "")
        shownLines = 0
        return erased + line + "\n" + frame(at: now, window: window)
    }

    mutating func frame(at now: Int64, window: WindowSize) -> String {
        draw(lines(at: now, window: window), at: now, window: window)
    }

    /// The last frame: every resource, without what was only of interest on the way.
    mutating func finish(at now: Int64, window: WindowSize) -> String {
        for index in tasks.indices { tasks[index].end(at: now) }
        defer { shownLines = 0 }
        return draw(
            tasks.map { $0.render(idWidth: idWidth, columns: window.columns, colored: colored, at: now) }, at: now,
            window: window)
    }

    private var idWidth: Int { tasks.map { $0.id.unicodeScalars.count }.max() ?? 0 }

    /// The lines below the header.
    private func lines(at now: Int64, window: WindowSize) -> [String] {
        let rows = max(1, window.rows - 2)
        let shown = visible(rows: rows)
        let total = sum.line(columns: window.columns, at: now)
        var room = rows - shown.count - (total == nil ? 0 : 1)
        let idWidth = idWidth
        var lines: [String] = []
        for task in shown {
            let layers = task.status == .working ? Self.layers(of: task, room: max(0, room)) : []
            room -= layers.count
            lines.append(
                task.render(
                    idWidth: idWidth, columns: window.columns, colored: colored,
                    withBar: layers.count < task.layers.count || layers.isEmpty, at: now))
            lines += layers.map { task.renderLayer($0, columns: window.columns, colored: colored, at: now) }
        }
        if let total, lines.count < rows { lines.append(total) }
        return lines
    }

    /// All layers if there is room for them, else those that are still on their way, else as many of these as fit.
    private static func layers(of task: ProgressTask, room: Int) -> [LayerProgress] {
        guard task.layers.count > room else { return task.layers }
        return Array(task.layers.lazy.filter { $0.status == .working }.prefix(room))
    }

    private mutating func position(of id: String, event: Progress?, at now: Int64) -> Int {
        if let known = positions[id] { return known }
        positions[id] = tasks.count
        tasks.append(ProgressTask(id: id, event: event, at: now))
        return tasks.count - 1
    }

    /// What fits the window: what is still at work first, in the order of appearance.
    private func visible(rows: Int) -> [ProgressTask] {
        guard tasks.count > rows else { return tasks }
        let working = tasks.indices.filter { tasks[$0].status == .working }
        let ended = tasks.indices.filter { tasks[$0].status != .working }
        let chosen = working.prefix(rows) + ended.suffix(max(0, rows - working.count))
        return chosen.sorted().map { tasks[$0] }
    }

    private mutating func draw(_ lines: [String], at now: Int64, window: WindowSize) -> String {
        guard !tasks.isEmpty else { return "" }
        drawn = now
        let done = tasks.count { $0.status != .working }
        var text = Ansi.hideCursor + Ansi.up(shownLines) + (shownLines > 0 ? "\r" : "")
        text += "[+] \(operation) \(done)/\(tasks.count)" + Ansi.eraseLineEnd + "\n"
        for line in lines { text += line + Ansi.eraseLineEnd + "\n" }
        text += (shownLines > lines.count + 1 ? Ansi.eraseBelow : "") + Ansi.showCursor
        shownLines = lines.count + 1
        return text
    }
}
