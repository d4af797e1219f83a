import ArgumentParser
import ControlAPI
import Glibc
import Images
import Orchestration

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
        let store = try ImageSession(context).store
        let shown = input ?? "standard input"
        let images = try await context.showing("load", quiet: quiet) { report in
            let id = "Archive \(shown)"
            report.send(.progress(Progress(id: id, status: .working, text: "Loading")))
            let images = try await store.load(archive: path) { progress in
                if let event = progress.event(of: id, isLocal: true) { report.send(.progress(event)) }
            }
            report.send(.progress(Progress(id: id, status: .done, text: "Loaded")))
            return images
        }
        let lines = images.map { image in
            image.isDangling ? "Loaded image ID: \(image.id)\n" : "Loaded image: \(image.familiarName)\n"
        }
        try context.streams.output.write(lines.joined())
        return 0
    }

    private func source(_ context: Context) throws(CommandFailure) -> String {
        if let input, input != "-" {
            let path = absolutePath(input)
            guard access(path, R_OK) == 0 else {
                throw CommandFailure("open \(input): \(String(cString: strerror(errno)))")
            }
            return path
        }
        guard !context.streams.inputIsTerminal else {
            throw CommandFailure("requested load from stdin, but stdin is empty; use -i FILE")
        }
        return "-"
    }
}
