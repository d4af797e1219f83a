import ArgumentParser
import ControlAPI

/// `roost restart`.
struct RestartCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "Restart service containers", usage: "roost restart [OPTIONS] [SERVICE...]")

    @Flag(name: .customLong("no-deps"), help: "Don't restart dependent services")
    var noDependencies = false

    @Option(
        name: [.customShort("t", allowingJoined: true), .customLong("timeout")], parsing: .unconditional,
        help: "Specify a shutdown timeout in seconds")
    var timeout: Int?
    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        var request = SignalRequest()
        request.noDependencies = noDependencies
        request.timeout = try seconds(timeout, option: "--timeout")
        request.dryRun = dry.dryRun
        return try await context.signal(request, .restart, services: services)
    }
}
