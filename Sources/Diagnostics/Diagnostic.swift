/// A place in a file, counted from 1 as editors do.
public struct Position: Codable, Equatable, Hashable, Sendable, CustomStringConvertible {
    /// The file as the user would name it: relative to the current directory where that is shorter.
    public var file: String
    public var line: Int
    /// In characters.
    public var column: Int

    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    public var description: String { "\(file):\(line):\(column)" }
}

/// How bad it is.
public enum Severity: String, Codable, Sendable {
    case warning, error
}

/// One message about a file: where, about what, what is wrong, and what to do.
public struct Diagnostic: Codable, Equatable, Sendable, CustomStringConvertible {
    public var severity: Severity
    /// `nil`: not about a place in a file.
    public var position: Position?
    /// `services.web.ports[0]`; empty where the message isn't about an attribute.
    public var path: String
    public var message: String
    /// What to do, as a clause without a full stop: `did you mean "environment"?`.
    public var suggestion: String?

    public init(
        severity: Severity = .error, position: Position? = nil, path: String = "", message: String,
        suggestion: String? = nil
    ) {
        self.severity = severity
        self.position = position
        self.path = path
        self.message = message
        self.suggestion = suggestion
    }

    /// One line: `compose.yaml:3:5: services.web: unknown key "enviroment"; did you mean "environment"?`.
    public var description: String {
        var text = ""
        if let position { text += "\(position): " }
        if !path.isEmpty { text += "\(path): " }
        text += message
        if let suggestion { text += "; \(suggestion)" }
        return text
    }
}
