import ControlAPI

/// Log events → lines with the container's name before them, aligned and each in its colour.
struct LogPrinter {
    /// A finished line and where it goes.
    struct Line: Equatable {
        var text: String
        var isError: Bool
    }

    private static let colors: [Style] = [
        .cyan, .yellow, .green, .magenta, .blue, .boldCyan, .boldYellow, .boldGreen, .boldMagenta, .boldBlue,
    ]

    /// The stack's name, which is left out of the prefixes.
    let stack: String
    var colored = false
    var prefixed = true
    var timestamps = false

    private var names: [String: (name: String, style: Style)] = [:]
    private var width = 0

    init(stack: String, colored: Bool = false, prefixed: Bool = true, timestamps: Bool = false) {
        self.stack = stack
        self.colored = colored
        self.prefixed = prefixed
        self.timestamps = timestamps
    }

    /// Makes a container known, so that the prefixes are aligned from the first line on.
    mutating func register(_ container: String) { _ = presented(container) }

    mutating func line(_ line: LogLine) -> Line {
        let prefix = prefix(of: line.container)
        var text = line.text
        if text.hasSuffix("\r\n") || text.hasSuffix("\n") { text.removeLast() }
        let time = timestamps ? line.time + " " : ""
        return Line(text: prefix + time + text + "\n", isError: line.stream == "stderr")
    }

    /// `web-1 exited with code 0`.
    mutating func exited(_ container: String, code: Int32, restarts: Bool) -> String {
        let (name, style) = presented(container)
        let text = "\(name) exited with code \(code)" + (restarts ? " (restarting)" : "")
        return style.apply(text, colored: colored) + "\n"
    }

    private mutating func prefix(of container: String) -> String {
        let (name, style) = presented(container)
        return prefixed ? style.apply(padded(name, to: width + 1) + " | ", colored: colored) : ""
    }

    private mutating func presented(_ container: String) -> (name: String, style: Style) {
        if let known = names[container] { return known }
        let name = container.hasPrefix(stack + "-") ? String(container.dropFirst(stack.count + 1)) : container
        let entry = (name, Self.colors[names.count % Self.colors.count])
        names[container] = entry
        width = max(width, name.unicodeScalars.count)
        return entry
    }
}
