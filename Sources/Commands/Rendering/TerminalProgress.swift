import ControlAPI

/// Live lines on a terminal: one a resource, each with its state and how long it took; the layers of an image are
/// drawn together into a bar on the image's line.
struct TerminalProgress {
    private let operation: String
    private let colored: Bool
    private var tasks: [ProgressTask] = []
    private var positions: [String: Int] = [:]
    /// Lines of the frame that is on the screen, the header included.
    private var shownLines = 0

    init(operation: String, colored: Bool) {
        self.operation = operation
        self.colored = colored
    }

    mutating func progress(_ event: Progress, at now: Int64, window: WindowSize) -> String {
        if let parent = event.parentID {
            let position = position(of: parent, event: nil, at: now)
            tasks[position].updateLayer(event)
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
        draw(visible(rows: max(1, window.rows - 2)), at: now, window: window)
    }

    mutating func finish(at now: Int64, window: WindowSize) -> String {
        for index in tasks.indices { tasks[index].end(at: now) }
        defer { shownLines = 0 }
        return draw(tasks, at: now, window: window)
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

    private mutating func draw(_ lines: [ProgressTask], at now: Int64, window: WindowSize) -> String {
        guard !tasks.isEmpty else { return "" }
        let done = tasks.count { $0.status != .working }
        let width = tasks.map { $0.id.unicodeScalars.count }.max() ?? 0
        var text = Ansi.hideCursor + Ansi.up(shownLines) + (shownLines > 0 ? "\r" : "")
        text += "[+] \(operation) \(done)/\(tasks.count)" + Ansi.eraseLineEnd + "\n"
        for line in lines {
            text += line.render(idWidth: width, columns: window.columns, colored: colored, at: now)
            text += Ansi.eraseLineEnd + "\n"
        }
        text += (shownLines > lines.count + 1 ? Ansi.eraseBelow : "") + Ansi.showCursor
        shownLines = lines.count + 1
        return text
    }
}
