import ArgumentParser
import ControlAPI
import StackFile
import StackModel

/// `roost create`.
struct CreateCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Creates containers for a service",
        usage: "roost create [OPTIONS] [SERVICE...]")

    @Flag(name: .customLong("build"), help: "Build images before starting containers")
    var build = false

    @Flag(
        name: .customLong("force-recreate"),
        help: "Recreate containers even if their configuration and image haven't changed")
    var forceRecreate = false

    @Flag(name: .customLong("no-build"), help: "Don't build an image, even if it's policy")
    var noBuild = false

    @Flag(
        name: .customLong("no-recreate"),
        help: "If containers already exist, don't recreate them. Incompatible with --force-recreate.")
    var noRecreate = false

    @Option(
        name: .customLong("pull"),
        help: "Pull image before running (\"always\"|\"missing\"|\"never\"|\"build\") (default \"policy\")")
    var pull: String?

    @Flag(name: .customLong("quiet-pull"), help: "Pull without printing progress information")
    var quietPull = false

    @Flag(
        name: .customLong("remove-orphans"), help: "Remove containers for services not defined in the Compose file")
    var removeOrphans = false

    @Option(
        name: .customLong("scale"), parsing: .unconditionalSingleValue,
        help: "Scale SERVICE to NUM instances. Overrides the scale setting in the Compose file if present.")
    var scale: [String] = []

    @Flag(
        name: [.customShort("y"), .customLong("yes")],
        help: "Assume \"yes\" as answer to all prompts and run non-interactively")
    var yes = false

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        guard !forceRecreate || !noRecreate else {
            throw CommandFailure("--force-recreate and --no-recreate are incompatible")
        }
        guard !build || !noBuild else { throw CommandFailure("--build and --no-build are incompatible") }
        let stack = try context.loadStack(services: services, faults: .refused).stack
        var request = UpRequest(stack: stack)
        request.services = services
        request.scale = try scales(scale, of: stack)
        request.forceRecreate = forceRecreate
        request.noRecreate = noRecreate
        request.removeOrphans = removeOrphans || context.removesOrphans
        request.pull = try pullPolicy(pull, option: "--pull", allowed: ["always", "missing", "never", "build"])
        request.build = build
        request.noBuild = noBuild
        request.noStart = true
        request.dryRun = context.isDry(dry)
        request.registryEnvironment = context.registryEnvironment
        request.caller = context.caller("create")
        let outcome = try await context.complete(
            ControlRequest(.up, stack.name, body: request), operation: "create", client: context.client())
        if outcome.unchanged { context.sayUnchanged(stack.name) }
        return outcome.exitCode
    }
}

/// `roost scale`.
struct ScaleCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "scale", abstract: "Scale services", usage: "roost scale [SERVICE=REPLICAS...]")

    @Flag(name: .customLong("no-deps"), help: "Don't start linked services")
    var noDependencies = false

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var replicas: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        guard !replicas.isEmpty else { throw CommandFailure("requires at least 1 arg(s), only received 0") }
        var names: [String] = []
        for entry in replicas {
            guard let equals = entry.firstIndex(of: "="), Int(entry[entry.index(after: equals)...]) != nil else {
                throw CommandFailure("invalid scale specifier: \(entry)")
            }
            names.append(String(entry[..<equals]))
        }
        let stack = try context.loadStack(services: names, faults: .refused).stack
        var request = UpRequest(stack: stack)
        request.services = names
        request.scale = try scales(replicas, of: stack)
        request.noDependencies = noDependencies
        request.dryRun = context.isDry(dry)
        request.registryEnvironment = context.registryEnvironment
        request.caller = context.caller("scale")
        return try await context.complete(
            ControlRequest(.up, stack.name, body: request), operation: "scale", client: context.client()
        ).exitCode
    }
}

/// `SERVICE=NUM` entries by service, each of the stack's.
func scales(_ entries: [String], of stack: Stack) throws(CommandFailure) -> [String: Int] {
    var result: [String: Int] = [:]
    for entry in entries {
        guard let equals = entry.firstIndex(of: "=") else {
            throw CommandFailure("invalid --scale option \"\(entry)\". Should be SERVICE=NUM")
        }
        let number = entry[entry.index(after: equals)...]
        guard let count = Int(number), count >= 0 else {
            throw CommandFailure("invalid --scale option \"\(entry)\": \"\(number)\" is no number of containers")
        }
        result[String(entry[..<equals])] = count
    }
    for name in result.keys.sorted() where stack.services[name] == nil { throw .noSuchService(name) }
    return result
}
