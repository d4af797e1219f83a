import Cgroups
import Glibc
import Hooks
import Kernel
import Launching
import OCI

/// What makes, starts and ends containers.
extension RuntimeCommand {
    private static let creationSyntax = Syntax(
        values: ["bundle", "config", "console-socket", "pid-file", "preserve-fds"],
        flags: ["no-pivot", "no-new-keyring", "detach", "keep", "no-subreaper"], short: ["b": "bundle", "d": "detach"])

    static let create = RuntimeCommand(
        usage: "[--bundle DIR] [--console-socket SOCKET] [--pid-file FILE] [--preserve-fds N] ID",
        syntax: creationSyntax
    ) { invocation in
        var creation = try Creation(invocation)
        if creation.configuration.process.terminal == true && creation.handOver.consoleSocket.isEmpty {
            throw RuntimeFailure("the container wants a terminal: say with --console-socket where its master goes")
        }
        let container = try creation.make(waits: true)
        try writePID(container.record.pid, invocation)
        return 0
    }

    static let start = RuntimeCommand(usage: "ID", syntax: Syntax()) { invocation in
        let container = try invocation.container()
        try container.require("created", to: "start")
        try begin(container)
        return 0
    }

    static let run = RuntimeCommand(
        usage: "[--bundle DIR] [--detach] [--console-socket SOCKET] [--pid-file FILE] [--preserve-fds N] [--keep] ID",
        syntax: creationSyntax
    ) { invocation in
        var creation = try Creation(invocation)
        let isDetached = invocation.arguments.has("detach")
        let hasTerminal = creation.configuration.process.terminal == true
        if isDetached && hasTerminal && creation.handOver.consoleSocket.isEmpty {
            throw RuntimeFailure("a container with a terminal needs --console-socket to be detached")
        }
        let terminal = try hasTerminal && creation.handOver.consoleSocket.isEmpty ? OwnTerminal() : nil
        if let terminal { creation.handOver.consoleSocket = terminal.path }
        // A hook that comes after the start needs a start to come after.
        let hasPoststart = !(creation.configuration.hooks?.poststart ?? []).isEmpty
        let foreground = isDetached ? nil : try Foreground()
        let container = try creation.make(waits: hasPoststart)
        try writePID(container.record.pid, invocation)
        let master = try terminal?.master()
        if hasPoststart { try begin(container) }
        guard let foreground else { return 0 }
        let code = try foreground.wait(for: container.process, terminal: master ?? -1)
        if !invocation.arguments.has("keep") { try remove(container, invocation.store) }
        return code
    }

    static func writePID(_ pid: Int32, _ invocation: Invocation) throws {
        guard let path = invocation.arguments["pid-file"] else { return }
        try Files.replace(path, with: Array("\(pid)".utf8))
    }

    private static func begin(_ container: RuntimeContainer) throws {
        let fifo = try openFIFO(of: container)
        try fifo.writeAll([1])
        unlink(container.startFIFO)
        let hooks = try container.configuration().hooks?.poststart ?? []
        guard !hooks.isEmpty else { return }
        let state = String(decoding: try container.state("running"), as: UTF8.self)
        for hook in hooks {
            do {
                try Hook.run(HookSettings(hook, state: state), pid: container.record.pid)
            } catch {
                try? ProcessDescriptor(container.process).signal(SIGKILL)  // `try?`: it may have ended.
                throw error
            }
        }
    }

    private static func openFIFO(of container: RuntimeContainer) throws -> OwnedDescriptor {
        do throws(KernelError) {
            return try OwnedDescriptor(open: container.startFIFO, [.writeOnly, .nonBlocking])
        } catch {
            guard error.errno == ENXIO else { throw error }
            throw RuntimeFailure("can't start container \"\(container.record.id)\": its process has ended")
        }
    }

    // MARK: Ending

    static let kill = RuntimeCommand(
        usage: "[--all] ID [SIGNAL]", syntax: Syntax(flags: ["all"], short: ["a": "all"])
    ) { invocation in
        let container = try invocation.container()
        let name = invocation.arguments.words.dropFirst().first ?? "SIGTERM"
        guard let signal = KernelNames.signal(name) else { throw RuntimeFailure("\"\(name)\" is no signal") }
        if invocation.arguments.has("all"), let group = container.group {
            for process in try group.processes() { Glibc.kill(process, signal) }
            return 0
        }
        guard container.status != "stopped" else { throw RuntimeFailure("container not running") }
        try ProcessDescriptor(container.process).signal(signal)
        return 0
    }

    static let delete = RuntimeCommand(
        usage: "[--force] ID", syntax: Syntax(flags: ["force"], short: ["f": "force"])
    ) { invocation in
        let isForced = invocation.arguments.has("force")
        let container: RuntimeContainer
        do {
            container = try invocation.container()
        } catch let failure as RuntimeFailure where isForced {
            // What a creation that was killed has left.
            _ = failure
            try? invocation.store.remove(try invocation.identifier())
            return 0
        }
        let status = container.status
        if status != "stopped" {
            guard isForced || status == "created" else {
                throw RuntimeFailure(
                    "can't delete container \"\(container.record.id)\": it is \(status); end it first, or use --force")
            }
            if status == "paused" { try container.group?.freeze(false) }
            if let process = try? ProcessDescriptor(container.process) {  // `try?`: it may have ended.
                try? process.signal(SIGKILL)
                _ = try process.waitForEnd(milliseconds: 10_000)
            }
        }
        try remove(container, invocation.store)
        return 0
    }

    private static func remove(_ container: RuntimeContainer, _ store: ContainerStore) throws {
        try container.group?.remove(withParents: false)
        // `try?`: a bundle that can't be read any more is no reason to keep a container for ever.
        let hooks = (try? container.configuration())?.hooks?.poststop ?? []
        if !hooks.isEmpty {
            let state = String(decoding: try container.state("stopped"), as: UTF8.self)
            Hook.runAll(hooks.map { HookSettings($0, state: state) }, pid: 0)
        }
        try store.remove(container.record.id)
    }
}

extension HookSettings {
    init(_ hook: RuntimeConfiguration.Hook, state: String) {
        self.init(
            path: hook.path, arguments: hook.args ?? [hook.path], environment: hook.env ?? [],
            timeout: hook.timeout ?? 0, state: state)
    }
}
