import Diagnostics
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

    func render(_ error: any Error) -> String {
        if json {
            return JSONText.object([("error", .boolean(true)), ("message", .string(String(describing: error)))])
                .render()
        }
        guard let error = error as? StackFileError, streams.errorIsTerminal else { return String(describing: error) }
        return renderer(error.sources).render(error.diagnostics.filter { $0.severity == .error })
    }

    /// Warnings of a file that could be loaded.
    func render(_ warnings: [Diagnostic], sources: [SourceText]) -> String {
        renderer(sources).render(warnings)
    }

    private func renderer(_ sources: [SourceText]) -> DiagnosticRenderer {
        DiagnosticRenderer(sources: sources, colours: colored, excerpts: streams.errorIsTerminal)
    }
}
