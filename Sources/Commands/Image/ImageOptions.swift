import ArgumentParser
import ControlAPI
import OCI

/// `--platform`.
struct PlatformOption: ParsableArguments {
    @Option(name: .customLong("platform"), help: "The platform of an image that has several: os[/arch[/variant]]")
    var platform: String?

    func value() throws(CommandFailure) -> Platform? {
        guard let platform else { return nil }
        do {
            return try Platform(parsing: platform)
        } catch {
            throw CommandFailure("invalid --platform \"\(platform)\": \(error)")
        }
    }
}

extension PlatformOption {
    /// As a request has it.
    func query() throws(CommandFailure) -> Query {
        Query(try value().map { [("platform", $0.description)] } ?? [])
    }
}

/// `-f`, where a command would ask before it removes something.
struct ForceOption: ParsableArguments {
    @Flag(name: [.customShort("f"), .customLong("force")], help: "Do not prompt for confirmation")
    var force = false

    /// Whether to go on: told by `-f`, or by a `y` on standard input.
    func isConfirmed(_ warning: String, in context: Context) throws -> Bool {
        if force { return true }
        try context.streams.output.write(warning + "\nAre you sure you want to continue? [y/N] ")
        try context.streams.output.flush()
        guard let answer = readLine() else {
            try context.streams.output.write("\n")
            return false
        }
        return ["y", "yes"].contains(answer.lowercased())
    }
}

/// A reference as a user wrote it.
func reference(_ text: String) throws(CommandFailure) -> Reference {
    do {
        return try Reference(parsing: text)
    } catch {
        throw CommandFailure("\(error)")
    }
}

/// Docker's words for a command that needs arguments.
func requireArguments(_ arguments: [String], atLeast count: Int, of command: String) throws(CommandFailure) {
    guard arguments.count < count else { return }
    throw CommandFailure(
        "\"roost \(command)\" requires at least \(count) argument\(count == 1 ? "" : "s"); see roost \(command) --help")
}

func requireArguments(_ arguments: [String], exactly count: Int, of command: String) throws(CommandFailure) {
    guard arguments.count != count else { return }
    throw CommandFailure(
        "\"roost \(command)\" requires exactly \(count) argument\(count == 1 ? "" : "s"); see roost \(command) --help")
}
