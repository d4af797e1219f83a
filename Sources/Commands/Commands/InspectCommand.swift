import ArgumentParser
import ControlAPI

/// `roost inspect`: containers in the shape of `docker inspect`.
struct InspectCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Display detailed information on containers",
        usage: "roost inspect NAME [NAME...]")
    static let unsupported = ["-f", "--format", "-s", "--size", "--type"]

    @Argument(help: .hidden) var names: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        guard !names.isEmpty else { throw CommandFailure("requires at least 1 arg(s), only received 0") }
        let client = context.client()
        var found: [String] = []
        var failures: [String] = []
        for name in names {
            do {
                found.append(String(decoding: try await client.fetch(.get("containers", name)), as: UTF8.self))
            } catch let refusal as Refusal {
                failures.append(refusal.message)
            }
        }
        try context.streams.output.write(indentedJSON("[" + found.joined(separator: ",") + "]") + "\n")
        try context.streams.output.flush()
        for failure in failures { context.streams.error.say(failure) }
        return failures.isEmpty ? 0 : 1
    }
}
