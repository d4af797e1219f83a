import Cgroups
import FoundationEssentials
import Glibc
import Kernel
import Launching
import OCI
import Sandboxes

/// What concerns the processes of a container.
extension RuntimeCommand {
    static let exec = RuntimeCommand(
        usage: "[--detach] [--tty] [--user UID[:GID]] [--cwd DIR] [--env K=V] [--process FILE] ID COMMAND [ARGUMENT …]",
        syntax: Syntax(
            values: [
                "console-socket", "cwd", "env", "user", "additional-gids", "process", "pid-file", "process-label",
                "apparmor", "cap", "preserve-fds", "cgroup",
            ], flags: ["tty", "detach", "no-new-privs", "ignore-paused"],
            short: [
                "e": "env", "t": "tty", "u": "user", "g": "additional-gids", "p": "process", "d": "detach", "c": "cap",
            ]), hasWords: true
    ) { invocation in
        let container = try invocation.container()
        let status = container.status
        guard
            status == "running" || status == "created"
                || status == "paused" && invocation.arguments.has("ignore-paused")
        else { throw RuntimeFailure("can't enter container \"\(container.record.id)\": it is \(status)") }
        let isDetached = invocation.arguments.has("detach")
        var execution = try Execution(invocation, container)
        let wantsTerminal = execution.process.terminal && execution.handOver.consoleSocket.isEmpty
        if wantsTerminal && isDetached { throw RuntimeFailure("a detached terminal needs --console-socket") }
        let terminal = try wantsTerminal ? OwnTerminal() : nil
        if let terminal { execution.handOver.consoleSocket = terminal.path }
        let foreground = isDetached ? nil : try Foreground()
        let success = try execution.start()
        try writePID(success.pid, invocation)
        let master = try terminal?.master()
        guard let foreground else { return 0 }
        return try foreground.wait(
            for: ProcessIdentity(pid: success.pid, startTime: success.startTime), terminal: master ?? -1)
    }

    static let ps = RuntimeCommand(
        usage: "[--format table|json] ID [PS-OPTION …]", syntax: Syntax(values: ["format"], short: ["f": "format"]),
        hasWords: true
    ) { invocation in
        let container = try invocation.container()
        let processes = try container.group?.processes() ?? [container.record.pid]
        if invocation.arguments["format"] == "json" {
            say("[\(processes.map { "\($0)" }.joined(separator: ","))]\n")
            return 0
        }
        let words = Array(invocation.arguments.words.dropFirst())
        say(try table(of: processes, options: words.isEmpty ? ["-ef"] : words))
        return 0
    }

    /// The lines of ps(1) that are about these processes, with its title.
    private static func table(of processes: [Int32], options: [String]) throws -> String {
        let output = try OwnedDescriptor.pipe()
        var spawn = Spawn("/bin/ps", ["ps"] + options)
        spawn.standardStreams = (nil, output.writing.number, 2)
        let pid = try spawn.start()
        let text = String(decoding: try output.intoReading().readAll(), as: UTF8.self)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        var lines = text.split(separator: "\n")
        guard !lines.isEmpty else { throw RuntimeFailure("ps printed nothing") }
        let title = lines.removeFirst()
        guard let column = title.split(separator: " ").firstIndex(of: "PID") else {
            throw RuntimeFailure("ps prints no column PID with these options")
        }
        let own = lines.filter { line in
            let fields = line.split(separator: " ")
            return fields.count > column && Int32(fields[column]).map(processes.contains) == true
        }
        return ([title] + own).map { "\($0)\n" }.joined()
    }

    static let pause = RuntimeCommand(usage: "ID", syntax: Syntax()) { invocation in
        let container = try invocation.container()
        try container.require("running", "created", to: "pause")
        try container.group?.freeze(true)
        return 0
    }

    static let resume = RuntimeCommand(usage: "ID", syntax: Syntax()) { invocation in
        let container = try invocation.container()
        try container.require("paused", to: "resume")
        try container.group?.freeze(false)
        return 0
    }
}

/// A further process, as `exec` describes it.
private struct Execution {
    private let container: RuntimeContainer
    private(set) var process: ProcessSettings
    var handOver = HandOver()

    init(_ invocation: Invocation, _ container: RuntimeContainer) throws {
        self.container = container
        let arguments = invocation.arguments
        let configuration = try container.configuration()
        var wanted = configuration.process
        if let path = arguments["process"] {
            wanted = try RuntimeConfiguration.Process(json: Files.read(path))
        } else {
            wanted.args = Array(arguments.words.dropFirst())
            wanted.terminal = arguments.has("tty")
            try Self.apply(arguments, to: &wanted)
        }
        guard !wanted.args.isEmpty else { throw RuntimeFailure("which command? name it after the id") }
        try Unsupported.checkLabels(of: wanted)
        process = try LaunchCompiler.processSettings(wanted)
        process.traits = try LaunchCompiler.traits(wanted, configuration.linux)
        if let seccomp = configuration.linux.seccomp {
            process.seccomp = try SeccompCompiler.compile(SeccompProfile(seccomp), capabilities: [])
        }
        handOver.consoleSocket = arguments["console-socket"] ?? ""
        handOver.descriptors = (try arguments.number("preserve-fds", as: UInt32.self) ?? 0) + Creation.listening
    }

    private static func apply(_ arguments: Arguments, to process: inout RuntimeConfiguration.Process) throws {
        if let directory = arguments["cwd"] { process.cwd = directory }
        if let profile = arguments["apparmor"] { process.apparmorProfile = profile }
        if let label = arguments["process-label"] { process.selinuxLabel = label }
        process.env += arguments.all("env")
        if arguments.has("no-new-privs") { process.noNewPrivileges = true }
        if let user = arguments["user"] {
            let parts = user.split(separator: ":", omittingEmptySubsequences: false).map { UInt32($0) }
            guard let id = parts.first ?? nil, parts.count == 1 || parts.count == 2 && parts[1] != nil else {
                throw RuntimeFailure("--user: \"\(user)\" is not UID or UID:GID")
            }
            process.user = .init(uid: id, gid: parts.count == 2 ? parts[1] ?? 0 : 0)
        }
        let groups = arguments.all("additional-gids").compactMap { UInt32($0) }
        if !groups.isEmpty { process.user.additionalGids = (process.user.additionalGids ?? []) + groups }
        let added = arguments.all("cap").map { $0.uppercased() }
        guard !added.isEmpty else { return }
        var sets = process.capabilities ?? .init()
        sets.bounding = (sets.bounding ?? []) + added
        sets.effective = (sets.effective ?? []) + added
        sets.permitted = (sets.permitted ?? []) + added
        process.capabilities = sets
    }

    func start() throws -> LaunchSuccess {
        var settings = process
        settings.handOver = handOver
        let program = ExecProgram(
            container: container.record.id, target: container.record.pid,
            targetStartTime: container.record.startTime, cgroup: container.record.cgroup.path, process: settings)
        return try ShimProcess.start("exec", program.wire, descriptors: handOver.descriptors)
    }
}
