import ArgumentParser
import Diagnostics
import StackFile
import StackModel

/// What `run` changes of a service's settings.
struct RunOptions: ParsableArguments {
    @Option(name: .customLong("cap-add"), parsing: .unconditionalSingleValue, help: "Add Linux capabilities")
    var capAdd: [String] = []

    @Option(name: .customLong("cap-drop"), parsing: .unconditionalSingleValue, help: "Drop Linux capabilities")
    var capDrop: [String] = []

    @Option(
        name: .customLong("entrypoint"), parsing: .unconditional, help: "Override the entrypoint of the image")
    var entrypoint: String?

    @Option(
        name: [.customShort("e", allowingJoined: true), .customLong("env")], parsing: .unconditionalSingleValue,
        help: "Set environment variables")
    var environment: [String] = []

    @Option(
        name: .customLong("env-from-file"), parsing: .unconditionalSingleValue,
        help: "Set environment variables from file")
    var environmentFiles: [String] = []

    @Flag(
        name: [.customShort("i"), .customLong("interactive")],
        help: "Keep STDIN open even if not attached (default true)")
    var interactive = false

    @Flag(name: .customLong("no-interactive"), help: .hidden)
    var notInteractive = false

    @Option(
        name: [.customShort("l", allowingJoined: true), .customLong("label")], parsing: .unconditionalSingleValue,
        help: "Add or override a label")
    var labels: [String] = []

    @Option(name: .customLong("name"), parsing: .unconditional, help: "Assign a name to the container")
    var name: String?

    @Flag(
        name: [.customShort("T"), .customLong("no-tty"), .customLong("no-TTY")],
        help: "Disable pseudo-TTY allocation (default: auto-detected)")
    var noTerminal = false

    @Flag(name: [.customShort("t"), .customLong("tty")], help: .hidden)
    var terminal = false

    @Option(
        name: [.customShort("p", allowingJoined: true), .customLong("publish")], parsing: .unconditionalSingleValue,
        help: "Publish a container's port(s) to the host")
    var publish: [String] = []

    @Flag(
        name: [.customShort("P"), .customLong("service-ports")],
        help: "Run command with all service's ports enabled and mapped to the host")
    var servicePorts = false

    @Flag(
        name: .customLong("use-aliases"),
        help: "Use the service's network useAliases in the network(s) the container connects to")
    var useAliases = false

    @Option(
        name: [.customShort("u", allowingJoined: true), .customLong("user")], parsing: .unconditional,
        help: "Run as specified username or uid")
    var user: String?

    @Option(
        name: [.customShort("v", allowingJoined: true), .customLong("volume")], parsing: .unconditionalSingleValue,
        help: "Bind mount a volume")
    var volumes: [String] = []

    @Option(
        name: [.customShort("w", allowingJoined: true), .customLong("workdir")], parsing: .unconditional,
        help: "Working directory inside the container")
    var workingDirectory: String?
}

extension RunOptions {
    var isInteractive: Bool { !notInteractive }

    /// `shop-web-run-0123456789ab`, as in Compose, unless it is given one.
    func containerName(stack: String, service: String) -> String {
        if let name, !name.isEmpty { return name }
        let digits = String(UInt64.random(in: 0..<1 << 48), radix: 16)
        return "\(stack)-\(service)-run-" + leftPadded(digits, to: 12, with: "0")
    }

    /// The settings of the container that is run.
    func apply(
        to settings: ContainerSettings, of stack: Stack, _ service: String, _ command: [String], _ mode: RunMode,
        _ context: Context
    ) throws -> ContainerSettings {
        let added = try Additions(self, stack: stack, service: service, context: context)
        var result = settings
        result.containerName = nil
        result.restart = .no
        result.tty = mode.terminal
        result.stdinOpen = mode.interactive
        result.ports = (servicePorts ? settings.ports : []) + added.settings.ports
        result.environment.merge(added.settings.environment) { _, new in new }
        result.labels.merge(added.settings.labels) { _, new in new }
        result.capAdd += added.settings.capAdd
        result.capDrop = result.capDrop.filter { !added.settings.capAdd.contains($0) } + added.settings.capDrop
        result.capAdd.removeAll { added.settings.capDrop.contains($0) }
        let replaced = Set(added.settings.volumes.map(\.target))
        result.volumes = result.volumes.filter { !replaced.contains($0.target) } + added.settings.volumes
        if let user, !user.isEmpty { result.user = user }
        if let workingDirectory, !workingDirectory.isEmpty { result.workingDir = workingDirectory }
        if entrypoint != nil {
            result.entrypoint = added.settings.entrypoint ?? []
            if command.isEmpty { result.command = [] }
        }
        if !command.isEmpty { result.command = command }
        return result
    }
}

/// What the options add, read as the same attributes of a service would be.
private struct Additions {
    let settings: ContainerSettings

    init(_ options: RunOptions, stack: Stack, service: String, context: Context) throws {
        var fields: [(String, JSONText)] = [("image", .string("image"))]
        func add(_ key: String, _ texts: [String]) {
            if !texts.isEmpty { fields.append((key, .array(texts.map { .string(Self.literal($0)) }))) }
        }
        add("ports", options.publish)
        add("volumes", options.volumes)
        add("cap_add", options.capAdd)
        add("cap_drop", options.capDrop)
        add("labels", options.labels)
        add("env_file", options.environmentFiles.map(absolutePath))
        // A variable without a value is the shell's, and left out where the shell has none.
        add("environment", options.environment.filter { $0.contains("=") || context.environment[$0] != nil })
        if let entrypoint = options.entrypoint { fields.append(("entrypoint", .string(Self.literal(entrypoint)))) }
        // Whatever is named as a volume is one: of the stack, or a new one.
        let named = options.volumes.compactMap { text -> String? in
            let source = text.prefix { $0 != ":" }
            return text.contains(":") && !source.contains("/") && !source.hasPrefix(".") && !source.hasPrefix("~")
                ? String(source) : nil
        }
        let volumes = Set(named).sorted().map { ($0, JSONText.object([])) }
        let document = JSONText.object([
            ("services", .object([(service, .object(fields))])), ("volumes", .object(volumes)),
        ])
        var request = LoadRequest(environment: context.environment, currentDirectory: currentDirectory())
        request.files = ["-"]
        request.standardInput = Array(document.render().utf8)
        request.projectName = stack.name
        request.projectDirectory = currentDirectory()
        request.services = [service]
        let loaded = try StackLoader.load(request)
        if let fault = loaded.faults.first { throw CommandFailure(fault.message) }
        for name in named where stack.volumes[name] == nil {
            throw CommandFailure("undefined volume \"\(name)\": define it under \"volumes:\" at the top of the file")
        }
        settings = loaded.stack.services[service]?.container ?? ContainerSettings()
    }

    /// The shell has put its variables in already.
    private static func literal(_ text: String) -> String {
        text.split(separator: "$", omittingEmptySubsequences: false).joined(separator: "$$")
    }
}
