/// Diagnostics as text for people.
public struct DiagnosticRenderer: Sendable {
    /// The files that the diagnostics may speak of.
    public var sources: [SourceText]
    /// Terminal colours (ECMA-48 SGR); the caller decides from the terminal and `NO_COLOR`.
    public var colours: Bool
    /// The line of the file and a caret below the message.
    public var excerpts: Bool

    /// Longer lines are shown only around the caret.
    private static let widest = 160

    public init(sources: [SourceText] = [], colours: Bool = false, excerpts: Bool = false) {
        self.sources = sources
        self.colours = colours
        self.excerpts = excerpts
    }

    /// One diagnostic, without a final newline.
    public func render(_ diagnostic: Diagnostic) -> String {
        let label = diagnostic.severity == .error ? "error" : "warning"
        let colour = diagnostic.severity == .error ? "31" : "33"
        var text = paint("\(label):", "1;\(colour)") + " " + Self.visible(diagnostic.description)
        if excerpts, let excerpt = excerpt(for: diagnostic, colour: colour) { text += "\n" + excerpt }
        return text
    }

    /// All of them, one after the other, in lines.
    public func render(_ diagnostics: [Diagnostic]) -> String {
        diagnostics.map { render($0) + "\n" }.joined()
    }

    private func excerpt(for diagnostic: Diagnostic, colour: String) -> String? {
        guard let position = diagnostic.position, let source = sources.first(where: { $0.name == position.file }),
            let line = source.line(position.line)
        else { return nil }
        let characters = Array(Self.visible(line).unicodeScalars)
        let column = max(0, min(position.column - 1, characters.count))
        let start = column > Self.widest / 2 ? column - Self.widest / 2 : 0
        let shown = characters[start..<min(characters.count, start + Self.widest)]
        var text = ""
        text.unicodeScalars.append(contentsOf: shown.map { $0 == "\t" ? " " : $0 })
        let number = String(position.line)
        let margin = String(repeating: " ", count: number.count)
        // A caret under a wide character's first column; marks that take no column of their own don't move it.
        let indent = characters[start..<column].reduce(0) { $0 + DisplayWidth.of($1) }
        let caret = String(repeating: " ", count: indent) + paint("^", "1;\(colour)")
        return "\(number) | \(text)\n\(margin) | \(caret)"
    }

    private func paint(_ text: String, _ code: String) -> String {
        colours ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    /// A file's text must not be able to steer the terminal.
    private static func visible(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            result.unicodeScalars.append(isControl(scalar) ? "\u{FFFD}" : scalar)
        }
        return result
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 && scalar != "\n" && scalar != "\t" || (0x7F...0x9F).contains(scalar.value)
    }
}
