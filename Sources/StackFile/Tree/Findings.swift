import Diagnostics

/// What was found on the way through the stages: the messages, and the files that they speak of.
struct Findings: Sendable {
    private(set) var diagnostics: [Diagnostic] = []
    private(set) var sources: [SourceText] = []
    /// What only a start would stumble over; it doesn't end the work.
    private(set) var faults: [Diagnostic] = []
    /// Absolute paths of everything that was read, in the order in which it was.
    private(set) var filesRead: [String] = []

    /// More messages of a kind than anybody reads; the rest isn't kept.
    private static let limit = 200
    /// In bytes.
    private static let longestText = 1000
    private(set) var hasErrors = false
    private var errors = 0
    private var warnings = 0
    private var seen: Set<String> = []
    /// How many values short forms may still become, as ranges of ports do.
    private var expansions = 150_000

    /// The number by which marks name the file.
    mutating func add(_ source: SourceText) -> UInt16 {
        sources.append(source)
        return UInt16(clamping: sources.count - 1)
    }

    mutating func note(read path: String) {
        if !filesRead.contains(path) { filesRead.append(path) }
    }

    func position(_ mark: Mark?) -> Position? {
        guard let mark, Int(mark.file) < sources.count else { return nil }
        return Position(file: sources[Int(mark.file)].name, line: Int(mark.line), column: Int(mark.column))
    }

    mutating func error(
        _ message: @autoclosure () -> String, at mark: Mark?, _ path: @autoclosure () -> Path = Path(),
        suggestion: @autoclosure () -> String? = nil
    ) {
        hasErrors = true
        guard errors < Self.limit else { return }
        record(diagnostic(.error, message(), mark, path(), suggestion()))
    }

    mutating func warning(
        _ message: @autoclosure () -> String, at mark: Mark?, _ path: @autoclosure () -> Path = Path(),
        suggestion: @autoclosure () -> String? = nil
    ) {
        guard warnings < Self.limit else { return }
        record(diagnostic(.warning, message(), mark, path(), suggestion()))
    }

    mutating func fault(
        _ message: @autoclosure () -> String, at mark: Mark?, _ path: @autoclosure () -> Path,
        suggestion: @autoclosure () -> String? = nil
    ) {
        guard faults.count < Self.limit else { return }
        let fault = diagnostic(.error, message(), mark, path(), suggestion())
        if seen.insert(fault.description).inserted { faults.append(fault) }
    }

    mutating func record(_ diagnostic: Diagnostic) {
        let isError = diagnostic.severity == .error
        if isError { hasErrors = true }
        guard (isError ? errors : warnings) < Self.limit, seen.insert(diagnostic.description).inserted else { return }
        if isError { errors += 1 } else { warnings += 1 }
        diagnostics.append(diagnostic)
    }

    private func diagnostic(
        _ severity: Severity, _ message: String, _ mark: Mark?, _ path: Path, _ suggestion: String?
    ) -> Diagnostic {
        Diagnostic(
            severity: severity, position: position(mark), path: Self.clipped(path.description),
            message: Self.clipped(message), suggestion: suggestion)
    }

    /// A text of the file may be megabytes long; a message is to be read.
    private static func clipped(_ text: String) -> String {
        guard text.utf8.count > longestText else { return text }
        return "\(text.prefix(longestText * 3 / 4)) … \(text.suffix(longestText / 8))"
    }

    /// Whether there is room for a short form that becomes so many values; an error once there isn't.
    mutating func allows(_ count: Int, at mark: Mark, _ path: Path) -> Bool {
        expansions -= count
        if expansions < 0 {
            error("too many values: the ranges and words of the stack come to more than 150,000", at: mark, path)
        }
        return expansions >= 0
    }

    /// Ends the work if anything so far was an error.
    func check() throws(StackFileError) {
        if hasErrors { throw StackFileError(diagnostics: diagnostics, sources: sources) }
    }

    /// Ends the work with this error and all that was found before.
    func failure(
        _ message: String, at mark: Mark? = nil, _ path: Path = Path(), suggestion: String? = nil
    )
        -> StackFileError
    {
        var copy = self
        copy.error(message, at: mark, path, suggestion: suggestion)
        return StackFileError(diagnostics: copy.diagnostics, sources: copy.sources)
    }
}
