import Cgroups
import Glibc
import Hooks
import Kernel
import Launching

/// What the monitor needs of a container that was launched.
struct RunningContainer: ~Copyable {
    var success: LaunchSuccess
    var settings: MonitorSettings
    var cgroup: Cgroup?
    var process: ProcessDescriptor
    var streams: ContainerStreams
    var startedNanoseconds: UInt64
    var container: String
    /// Somebody else watches it.
    var isHandedOver: Bool
}

/// One launch, from the program to the running command.
struct Launch {
    private let program: LaunchProgram
    private var outside: Outside
    private var cgroup: Cgroup?
    private var stateWritten = false

    init(_ program: LaunchProgram) {
        self.program = program
        outside = Outside()
    }

    mutating func perform() throws(LaunchFailure) -> RunningContainer {
        try outside.perform(program.outside)
        let group = try makeCgroup()
        cgroup = group
        var streams = try ContainerStreams(program.process)
        let channel = try explained { () throws(KernelError) in try Channel() }
        let inside = try Inside(program, joinFiles: group?.joinFiles ?? [], network: outside.networkNamespace)
        guard let child = try clone(into: group) else {
            inside.run(channel.intoChild(), streams.intoChild())
        }
        try inside.leaveJoined()
        streams.closeChildEnds()
        inside.closeDescriptors()
        return try accompany(child, channel.intoParent(), streams)
    }

    private mutating func accompany(
        _ child: consuming Namespaces.Child, _ channel: consuming ParentChannel, _ streams: consuming ContainerStreams
    ) throws(LaunchFailure) -> RunningContainer {
        let started = wallClock()
        let console = try ContainerTerminal.connect(program.process)
        defer { if console >= 0 { close(console) } }
        let success: LaunchSuccess
        do throws(LaunchFailure) {
            try UserNamespace.map(program.namespaces, of: child.pid)
            // Without hooks to wait for, the process works while its state is written.
            if outside.hooks.isEmpty { channel.proceed() }
            success = try identify(child.pid)
            try writeState(success, started)
            if !outside.hooks.isEmpty {
                try runHooks(pid: child.pid)
                channel.proceed()
            }
            try channel.awaitExecution(of: child.process, &streams, console: console)
        } catch {
            child.process.endFailed()
            throw error
        }
        return RunningContainer(
            success: success, settings: program.monitor, cgroup: cgroup, process: child.intoProcess(), streams: streams,
            startedNanoseconds: started, container: program.container,
            isHandedOver: program.process.handOver != nil)
    }

    /// Takes back what a failed launch has made.
    mutating func undo() {
        if stateWritten { unlink("\(program.monitor.runDirectory)/state.json") }
        outside.undo()
        // What can't be removed now is found by the supervisor: the failure that is being reported matters more.
        try? cgroup?.remove()
        Hook.runAll(program.monitor.poststopHooks, pid: 0)
    }

    private func makeCgroup() throws(LaunchFailure) -> Cgroup? {
        guard !program.cgroup.path.isEmpty else { return nil }
        do throws(CgroupError) {
            return try Cgroup.make(program.cgroup)
        } catch {
            throw LaunchFailure(error.description, step: "cgroup", errno: error.errno)
        }
    }

    private func clone(into group: Cgroup?) throws(LaunchFailure) -> Namespaces.Child? {
        let target: Int32?
        do throws(CgroupError) {
            target = try group?.cloneTarget()?.release()
        } catch {
            throw LaunchFailure(error.description, step: "cgroup", errno: error.errno)
        }
        // The cgroup namespace begins at the group that its maker is in, so the child makes that one itself. A time
        // namespace's clocks are set before anybody is in it.
        let kinds = NamespaceKinds(program.namespaces.new).subtracting([.cgroup, .time])
        defer { if let target { close(target) } }
        return try explained { () throws(KernelError) in try Namespaces.clone(kinds, cgroup: target) }
    }

    private func identify(_ pid: Int32) throws(LaunchFailure) -> LaunchSuccess {
        try explained { () throws(KernelError) in
            let container = try ProcessIdentity(pid: pid)
            let shim = try ProcessIdentity(pid: getpid())
            return LaunchSuccess(
                pid: pid, startTime: container.startTime, shim: shim.pid, shimStartTime: shim.startTime)
        }
    }

    private mutating func writeState(_ success: LaunchSuccess, _ started: UInt64) throws(LaunchFailure) {
        guard !program.monitor.runDirectory.isEmpty else { return }
        let state = ContainerState(
            container: program.container, processes: success, bundle: program.monitor.bundle,
            createdNanoseconds: started)
        try explained { () throws(KernelError) in
            try Files.replace("\(program.monitor.runDirectory)/state.json", with: Array(state.json.utf8))
        }
        stateWritten = true
    }

    /// Hooks that want to know the process run while it waits, before it does anything (runtime-spec, createRuntime).
    private func runHooks(pid: Int32) throws(LaunchFailure) {
        for (step, hook) in outside.hooks {
            do throws(LaunchFailure) {
                try Hook.run(hook, pid: pid)
            } catch {
                var named = error
                named.step = "outside[\(step)]"
                throw named
            }
        }
    }
}

extension NamespaceKinds {
    init(_ kinds: [NamespaceKind]) {
        self = kinds.reduce(into: []) { $0.formUnion(NamespaceKinds($1)) }
    }

    init(_ kind: NamespaceKind) {
        switch kind {
        case .mount: self = .mount
        case .uts: self = .uts
        case .ipc: self = .ipc
        case .pid: self = .pid
        case .network: self = .network
        case .cgroup: self = .cgroup
        case .user: self = .user
        case .time: self = .time
        }
    }
}
