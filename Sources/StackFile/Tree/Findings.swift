import Diagnostics

/// What was found on the way through the stages: the messages, and the files that they speak of.
struct Findings: Sendable {
    private(set) var diagnostics: [Diagnostic] = []
    private(set) var sources: [SourceText] = []
    /// What only a start would stumble over; it doesn't end the work.
    private(set) var faults: [Diagnostic] = []
    /// Absolute paths of everything that was read, in the order in which it was.
    private(set) var filesRead: [String] = []

    /// More messages than anybody reads; the rest is counted only.
    private static let limit = 200
    private(set) var hasErrors = false
    private var seen: Set<String> = []

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

    mutating func error(_ message: String, at mark: Mark?, _ path: Path = Path(), suggestion: String? = nil) {
        hasErrors = true
        record(
            Diagnostic(position: position(mark), path: path.description, message: message, suggestion: suggestion))
    }

    mutating func warning(_ message: String, at mark: Mark?, _ path: Path = Path(), suggestion: String? = nil) {
        record(
            Diagnostic(
                severity: .warning, position: position(mark), path: path.description, message: message,
                suggestion: suggestion))
    }

    mutating func fault(_ message: String, at mark: Mark?, _ path: Path, suggestion: String? = nil) {
        let fault = Diagnostic(
            position: position(mark), path: path.description, message: message, suggestion: suggestion)
        guard faults.count < Self.limit, seen.insert(fault.description).inserted else { return }
        faults.append(fault)
    }

    mutating func record(_ diagnostic: Diagnostic) {
        if diagnostic.severity == .error { hasErrors = true }
        guard diagnostics.count < Self.limit, seen.insert(diagnostic.description).inserted else { return }
        diagnostics.append(diagnostic)
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
