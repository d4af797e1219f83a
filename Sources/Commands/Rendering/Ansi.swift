/// Escape sequences (ECMA-48).
enum Ansi {
    static let hideCursor = "\u{1B}[?25l"
    static let showCursor = "\u{1B}[?25h"
    static let eraseLineEnd = "\u{1B}[K"
    static let eraseBelow = "\u{1B}[J"

    static func up(_ lines: Int) -> String { lines > 0 ? "\u{1B}[\(lines)A" : "" }
}

/// A colour, or several attributes, of a piece of text.
enum Style: String, Sendable {
    case plain = ""
    case red = "31"
    case boldRed = "31;1"
    case green = "32"
    case yellow = "33"
    case boldYellow = "33;1"
    case blue = "34"
    case magenta = "35"
    case cyan = "36"
    case boldCyan = "36;1"
    case boldGreen = "32;1"
    case boldMagenta = "35;1"
    case boldBlue = "34;1"

    /// The text in this style, and as it is where colours aren't wanted.
    func apply(_ text: String, colored: Bool) -> String {
        colored && self != .plain && !text.isEmpty ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
    }
}
