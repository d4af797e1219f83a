import ArgumentParser
import ControlAPI

/// `roost stop`.
struct StopCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop services", usage: "roost stop [OPTIONS] [SERVICE...]")

    @Option(
        name: [.customShort("t", allowingJoined: true), .customLong("timeout")], parsing: .unconditional,
        help: "Specify a shutdown timeout in seconds")
    var timeout: Int?
    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        var request = SignalRequest()
        request.timeout = try seconds(timeout, option: "--timeout")
        request.dryRun = dry.dryRun
        return try await context.signal(request, .stop, services: services)
    }
}
