import ArgumentParser
import ControlAPI
import StackFile
import StackModel

/// `roost build`.
struct BuildCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "build", abstract: "Build or rebuild services", usage: "roost build [OPTIONS] [SERVICE...]")
    static let unsupported = [
        "--builder", "--check", "--print", "--provenance", "--sbom", "--ssh", "-m", "--memory",
    ]

    @Option(
        name: .customLong("build-arg"), parsing: .unconditionalSingleValue,
        help: "Set build-time variables for services")
    var arguments: [String] = []

    @Flag(name: .customLong("no-cache"), help: "Do not use cache when building the image")
    var noCache = false

    @Flag(name: .customLong("pull"), help: "Always attempt to pull a newer version of the image")
    var pull = false

    @Flag(name: .customLong("push"), help: "Push service images")
    var push = false

    @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Suppress the build output")
    var quiet = false

    @Flag(name: .customLong("with-dependencies"), help: "Also build dependencies (transitively)")
    var withDependencies = false

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        let stack = try context.loadStack(services: services, faults: .told).stack
        var request = StackBuildRequest(stack: stack)
        request.services = withDependencies ? stack.withDependencies(services).sorted() : services
        let images = stack.services.values
            .filter { $0.build != nil && (request.services.isEmpty || request.services.contains($0.name)) }.map(\.image)
        let isDry = context.isDry(dry)
        if isDry {
            for image in Set(images).sorted() { context.sayDryRun("Image \(image)", "Building") }
        } else {
            request.arguments = Self.values(arguments, environment: context.environment)
            request.noCache = noCache
            request.pull = pull
            let code = try await context.build(request, caller: "build", quiet: quiet)
            guard push, code == 0 else { return code }
        }
        if push {
            try await PushCommand.push(images, ignoringFailures: false, quiet: quiet, isDry: isDry, in: context)
        }
        return 0
    }

    /// A name alone has the value of the shell's variable, if there is one.
    private static func values(_ texts: [String], environment: [String: String]) -> [String: String] {
        texts.reduce(into: [:]) { result, text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            result[parts[0]] = parts.count > 1 ? parts[1] : environment[parts[0]]
        }
    }
}

extension Context {
    /// - Returns: the exit code.
    func build(_ request: StackBuildRequest, caller name: String, quiet: Bool) async throws -> Int32 {
        var request = request
        request.registryEnvironment = registryEnvironment
        request.caller = caller(name)
        let post = try ControlRequest(.build, request.stack.name, body: request)
        return try await complete(post, operation: "build", quiet: quiet, client: client()).exitCode
    }
}
