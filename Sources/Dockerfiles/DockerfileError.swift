public import Diagnostics

/// Why a Dockerfile can't be built.
public struct DockerfileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// In one line.
    public var message: String
    /// What to do, as a clause.
    public var suggestion: String?
    /// The lines of the instruction, counted from 1; `nil` where it isn't known yet, or the file as a whole is at fault.
    public var lines: ClosedRange<Int>?

    public init(_ message: String, suggestion: String? = nil, lines: ClosedRange<Int>? = nil) {
        self.message = message
        self.suggestion = suggestion
        self.lines = lines
    }

    public var description: String { suggestion.map { "\(message); \($0)" } ?? message }

    /// The error at a place, unless it has one.
    func at(_ place: ClosedRange<Int>) -> DockerfileError {
        DockerfileError(message, suggestion: suggestion, lines: lines ?? place)
    }

    public func diagnostic(file: String) -> Diagnostic {
        Diagnostic(
            position: lines.map { Position(file: file, line: $0.lowerBound, column: 1) }, message: message,
            suggestion: suggestion)
    }
}
