import ArgumentParser
import ControlAPI
import Kernel

/// `roost image load`: images from a `docker save` or OCI archive.
struct ImageLoadCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Load images from a docker save or OCI archive",
        usage: "roost image load [OPTIONS]")

    @Option(
        name: [.customShort("i", allowingJoined: true), .customLong("input")], parsing: .unconditional,
        help: "Read from tar archive file, instead of STDIN")
    var input: String?

    @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Suppress the load output")
    var quiet = false

    func perform(in context: Context) async throws -> Int32 {
        let path = try source(context)
        let archive = try ArchiveInput.open(path)
        defer { withExtendedLifetime(archive) {} }
        let shown = path == "-" ? "standard input" : path
        var request = try ControlRequest(
            .loadImages, body: ImageLoadRequest(path: absoluteUnlessStream(path), title: "Archive \(shown)"))
        request.descriptors = [archive.number]
        let images = try await context.work(request, operation: "load", quiet: quiet) {
            if case .loaded(let images) = $0 { images } else { nil }
        }
        let lines = images.map { image in
            image.familiarName.map { "Loaded image: \($0)\n" } ?? "Loaded image ID: \(image.id)\n"
        }
        try context.streams.output.write(lines.joined())
        return 0
    }

    private func source(_ context: Context) throws(CommandFailure) -> String {
        if let input, input != "-" { return input }
        guard !context.streams.inputIsTerminal else {
            throw CommandFailure("requested load from stdin, but stdin is empty; use -i FILE")
        }
        return "-"
    }
}

/// A path for another process, or `-`.
func absoluteUnlessStream(_ path: String) -> String { path == "-" ? path : absolutePath(path) }
