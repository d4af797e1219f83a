import ArgumentParser
import ControlAPI
import StackFile
import StackModel

/// `roost pull`.
struct PullCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull", abstract: "Pull service images", usage: "roost pull [OPTIONS] [SERVICE...]")

    @Flag(name: .customLong("ignore-buildable"), help: "Ignore images that can be built")
    var ignoreBuildable = false

    @Flag(
        name: .customLong("ignore-pull-failures"),
        help: "Pull what it can and ignores images with pull failures")
    var ignoreFailures = false

    @Flag(name: .customLong("include-deps"), help: "Also pull services declared as dependencies")
    var includeDependencies = false

    @Option(name: .customLong("policy"), help: "Apply pull policy (\"missing\"|\"always\")")
    var policy: String?

    @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Pull without printing progress information")
    var quiet = false

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        let policy = try pullPolicy(policy, option: "--policy", allowed: ["missing", "always"])
        let loaded = try context.loadStack(services: services, faults: .shown)
        let stack = loaded.stack
        var request = PullRequest(stack: stack)
        request.services = includeDependencies ? stack.withDependencies(services).sorted() : services
        if ignoreBuildable {
            let all = request.services.isEmpty ? stack.services.keys.sorted() : request.services
            let built = loaded.canonical.builtServices
            request.services = all.filter { !built.contains($0) }
            // No names would mean all services.
            if request.services.isEmpty { return 0 }
        }
        if context.isDry(dry) {
            for image in stack.images(of: request.services) { context.sayDryRun("Image \(image)", "Pulling") }
            return 0
        }
        request.policy = policy
        request.ignoreFailures = ignoreFailures
        request.registryEnvironment = context.registryEnvironment
        request.caller = context.caller("pull")
        let post = try ControlRequest(.pull, stack.name, body: request)
        return try await context.complete(post, operation: "pull", quiet: quiet, client: context.client()).exitCode
    }
}
