import ArgumentParser
import ControlAPI

/// `roost pause`.
struct PauseCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Pause services", usage: "roost pause [SERVICE...]")

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        var request = SignalRequest()
        request.dryRun = dry.dryRun
        return try await context.signal(request, .pause, services: services)
    }
}

/// `roost unpause`.
struct UnpauseCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpause", abstract: "Unpause services", usage: "roost unpause [SERVICE...]")

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        var request = SignalRequest()
        request.dryRun = dry.dryRun
        return try await context.signal(request, .unpause, services: services)
    }
}
