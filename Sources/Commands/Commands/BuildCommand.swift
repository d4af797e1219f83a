import ArgumentParser
import ControlAPI
import StackFile
import StackModel

/// `roost build`.
struct BuildCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "build", abstract: "Build or rebuild services", usage: "roost build [OPTIONS] [SERVICE...]")
    static let unsupported = [
        "--builder", "--check", "--print", "--provenance", "--push", "--sbom", "--ssh", "-m", "--memory", "--dry-run",
    ]

    @Option(
        name: .customLong("build-arg"), parsing: .unconditionalSingleValue,
        help: "Set build-time variables for services")
    var arguments: [String] = []

    @Flag(name: .customLong("no-cache"), help: "Do not use cache when building the image")
    var noCache = false

    @Flag(name: .customLong("pull"), help: "Always attempt to pull a newer version of the image")
    var pull = false

    @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Suppress the build output")
    var quiet = false

    @Flag(name: .customLong("with-dependencies"), help: "Also build dependencies (transitively)")
    var withDependencies = false

    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        guard !context.global.dryRun else { throw CommandFailure.notSupportedYet("roost build: --dry-run") }
        let stack = try context.loadStack(services: services, faults: .shown).stack
        var request = StackBuildRequest(stack: stack)
        request.services = withDependencies ? stack.withDependencies(services).sorted() : services
        request.arguments = Self.values(arguments, environment: context.environment)
        request.noCache = noCache
        request.pull = pull
        request.registryEnvironment = context.registryEnvironment
        request.caller = context.caller("build")
        let post = try ControlRequest(.build, stack.name, body: request)
        return try await context.complete(post, operation: "build", quiet: quiet, client: context.client()).exitCode
    }

    /// A name alone has the value of the shell's variable, if there is one.
    private static func values(_ texts: [String], environment: [String: String]) -> [String: String] {
        texts.reduce(into: [:]) { result, text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            result[parts[0]] = parts.count > 1 ? parts[1] : environment[parts[0]]
        }
    }
}
