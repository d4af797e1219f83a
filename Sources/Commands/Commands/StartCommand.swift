import ArgumentParser
import ControlAPI
import StackModel

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
        let project = try context.project(services: services)
        let known = try await context.client().fetch(ControlRequest(.containers, project.name)).filter { !$0.isOneOff }
        let wanted = services.isEmpty ? project.stack?.services.keys.sorted() ?? [] : services
        let missing = wanted.filter { name in !known.contains { $0.service == name } && isScaled(name, project) }
        guard missing.isEmpty else {
            throw CommandFailure("service \"\(missing[0])\" has no container to start")
        }
        return try await context.signal(request, .start, services: services)
    }

    private func isScaled(_ service: String, _ project: Project) -> Bool {
        project.stack?.services[service].map { $0.scale > 0 } ?? true
    }
}
