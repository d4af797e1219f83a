import ControlAPI

/// Events of a command → text for standard error. A pure state machine: the time (milliseconds from any origin) and
/// the window are given to it.
struct ProgressRenderer {
    private enum Form {
        case terminal(TerminalProgress)
        case plain(LayerPace)
        case json(LayerPace)
        case quiet
    }

    /// Milliseconds between two lines of JSON about the bytes of one layer.
    private static let jsonInterval: Int64 = 100

    private var form: Form
    private let dryRun: Bool

    /// `mode` is already decided: `auto` counts as plain.
    init(mode: ProgressMode, operation: String, colored: Bool, dryRun: Bool = false) {
        self.dryRun = dryRun
        form =
            switch mode {
            case .tty: .terminal(TerminalProgress(operation: operation, colored: colored))
            case .plain, .auto: .plain(LayerPace(interval: nil))
            case .json: .json(LayerPace(interval: Self.jsonInterval))
            case .quiet: .quiet
            }
    }

    /// Whether `tick` has something to move.
    var isAnimated: Bool {
        if case .terminal = form { true } else { false }
    }

    mutating func progress(_ event: Progress, at now: Int64, window: WindowSize) -> String {
        switch form {
        case .terminal(var terminal):
            let text = terminal.progress(event, at: now, window: window)
            form = .terminal(terminal)
            return text
        case .plain(var pace):
            let isShown = pace.shows(event, at: now)
            form = .plain(pace)
            return isShown ? Self.plainLine(event, dryRun: dryRun) : ""
        case .json(var pace):
            let isShown = pace.shows(event, at: now)
            form = .json(pace)
            return isShown ? Self.jsonLine(event, dryRun: dryRun) : ""
        case .quiet: return ""
        }
    }

    mutating func message(_ text: String, isWarning: Bool, at now: Int64, window: WindowSize) -> String {
        switch form {
        case .terminal(var terminal):
            let text = terminal.message(text, isWarning: isWarning, at: now, window: window)
            form = .terminal(terminal)
            return text
        case .plain: return text + "\n"
        case .json:
            let fields: [(String, JSONText)] =
                (isWarning ? [("level", .string("warning"))] : []) + [("text", .string(text))]
            return JSONText.object(fields).render() + "\n"
        // Quiet means without progress; what the user should know is no progress.
        case .quiet: return isWarning ? text + "\n" : ""
        }
    }

    /// Moves the spinners and timings.
    mutating func tick(at now: Int64, window: WindowSize) -> String {
        guard case .terminal(var terminal) = form else { return "" }
        defer { form = .terminal(terminal) }
        return terminal.frame(at: now, window: window)
    }

    /// The last frame, with every line.
    mutating func finish(at now: Int64, window: WindowSize) -> String {
        guard case .terminal(var terminal) = form else { return "" }
        defer { form = .terminal(terminal) }
        return terminal.finish(at: now, window: window)
    }

    private static func plainLine(_ event: Progress, dryRun: Bool) -> String {
        let parts = [dryRun ? "DRY-RUN MODE - " : "", event.id, event.text, event.details ?? ""]
        var line = parts.joined(separator: " ")
        while line.hasSuffix(" ") { line.removeLast() }
        return line + "\n"
    }

    private static func jsonLine(_ event: Progress, dryRun: Bool) -> String {
        var fields: [(String, JSONText)] = []
        if dryRun { fields.append(("dry-run", .boolean(true))) }
        func add(_ name: String, _ text: String?) {
            if let text, !text.isEmpty { fields.append((name, .string(text))) }
        }
        func add(_ name: String, _ number: Int64?) {
            if let number, number != 0 { fields.append((name, .number(number))) }
        }
        add("id", event.id)
        add("parent_id", event.parentID)
        add("status", event.status.rawValue)
        add("text", event.text)
        add("details", event.details)
        add("current", event.current)
        add("total", event.total)
        if let current = event.current, let total = event.total, total > 0 {
            add("percent", min(100, current * 100 / total))
        }
        return JSONText.object(fields).render() + "\n"
    }
}
