import ArgumentParser
import ControlAPI

/// `roost kill`.
struct KillCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "kill", abstract: "Force stop service containers", usage: "roost kill [OPTIONS] [SERVICE...]")

    @Flag(
        name: .customLong("remove-orphans"), help: "Remove containers for services not defined in the Compose file")
    var removeOrphans = false

    @Option(
        name: [.customShort("s", allowingJoined: true), .customLong("signal")], parsing: .unconditional,
        help: "SIGNAL to send to the container (default \"SIGKILL\")")
    var signal: String?
    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        var request = SignalRequest()
        request.signal = signal
        request.removeOrphans = removeOrphans
        request.dryRun = dry.dryRun
        return try await context.signal(request, .kill, services: services)
    }
}
