import ArgumentParser
import Serving

/// `roost supervise`: the supervisor itself. The first command that needs one starts it.
struct SuperviseCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "supervise", abstract: "Run the supervisor", usage: "roost supervise", shouldDisplay: false)

    @Option(name: .customLong("ready-fd"), help: "Descriptor that gets a byte once the supervisor listens")
    var readyDescriptor: Int32?

    func perform(in context: Context) async throws -> Int32 {
        try await supervise(locations: context.locations, readiness: readyDescriptor)
        return 0
    }
}
