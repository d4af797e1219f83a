import ArgumentParser
import ControlAPI

/// `roost start`.
struct StartCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Start services", usage: "roost start [SERVICE...]")

    @Flag(name: .customLong("wait"), help: "Wait for services to be running|healthy. Implies detached mode.")
    var wait = false

    @Option(
        name: .customLong("wait-timeout"),
        help: "Maximum duration in seconds to wait for the project to be running|healthy")
    var waitTimeout: Int?
    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        var request = SignalRequest()
        request.wait = wait
        request.waitTimeout = try seconds(waitTimeout, option: "--wait-timeout")
        request.dryRun = dry.dryRun
        return try await context.signal(request, .start, services: services)
    }
}
