import ArgumentParser
import ControlAPI
import Glibc

/// `roost load`: images from a `docker save` or OCI archive.
struct LoadCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Load images from a docker save or OCI archive",
        usage: "roost load [OPTIONS]")

    @Option(
        name: [.customShort("i", allowingJoined: true), .customLong("input")], parsing: .unconditional,
        help: "Read from tar archive file, instead of STDIN")
    var input: String?

    @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Suppress the load output")
    var quiet = false

    func perform(in context: Context) async throws -> Int32 {
        let path: String
        if let input {
            path = absolutePath(input)
            guard access(path, R_OK) == 0 else {
                throw CommandFailure("open \(input): \(String(cString: strerror(errno)))")
            }
        } else {
            guard !context.streams.inputIsTerminal else {
                throw CommandFailure("requested load from stdin, but stdin is empty; use -i FILE")
            }
            // The supervisor opens what this process has as its standard input (man 5 proc).
            path = "/proc/\(getpid())/fd/0"
        }
        let post = try ControlRequest.post("images", "load", body: ControlAPI.LoadRequest(path: path))
        return try await context.complete(post, operation: "load", quiet: quiet, client: context.client()).exitCode
    }
}
