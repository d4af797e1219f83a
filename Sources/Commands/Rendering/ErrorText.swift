import Diagnostics
import OCI
import StackFile

/// An error as the user sees it.
struct ErrorText {
    let streams: StandardStreams
    var colored = false
    var json = false

    init(streams: StandardStreams, settings: GlobalSettings) {
        self.streams = streams
        colored = settings.colored(isTerminal: streams.errorIsTerminal)
        json = settings.progressMode(errorIsTerminal: streams.errorIsTerminal) == .json
    }

    /// For an error that comes before the options are known.
    init(streams: StandardStreams) { self.streams = streams }

    /// As the last word of a command: on a terminal it stands out. Scripts get Docker's words as they are.
    func marked(_ error: any Error) -> String {
        guard streams.errorIsTerminal, !json, !(error is StackFileError) else { return render(error) }
        return Style.boldRed.apply("error:", colored: colored) + " " + render(error)
    }

    func render(_ error: any Error) -> String {
        if let error = error as? StackFileError { return render(error) }
        guard json else { return oneLine(String(describing: error), keepsLines: true) }
        return JSONText.object([("error", .boolean(true)), ("message", .string(String(describing: error)))]).render()
    }

    /// Everything that is wrong with the files: a line each, with an excerpt on a terminal, or as JSON (with the
    /// warnings, which may be the cause).
    private func render(_ error: StackFileError) -> String {
        if json { return error.diagnostics.map(\.json).joined(separator: "\n") }
        guard streams.errorIsTerminal else { return error.description }
        return renderer(error.sources).render(error.diagnostics.filter { $0.severity == .error })
    }

    /// Warnings of a file that could be loaded.
    func render(_ warnings: [Diagnostic], sources: [SourceText]) -> String {
        json ? warnings.map { $0.json + "\n" }.joined() : renderer(sources).render(warnings)
    }

    private func renderer(_ sources: [SourceText]) -> DiagnosticRenderer {
        DiagnosticRenderer(sources: sources, colours: colored, excerpts: streams.errorIsTerminal)
    }
}

extension Context {
    /// Says on standard error what the user should know, though nothing is wrong.
    func warn(_ message: String) {
        streams.error.show(errorText.render([Diagnostic(severity: .warning, message: message)], sources: []))
    }

    /// Whether standard output gets colours.
    var colorsOutput: Bool { global.colored(isTerminal: streams.outputIsTerminal) }
}
