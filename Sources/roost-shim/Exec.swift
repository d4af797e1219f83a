import Cgroups
import Glibc
import Kernel
import Launching

/// A further process in a running container.
struct Exec: ~Copyable {
    private let program: ExecProgram
    private let target: ProcessDescriptor
    private let cgroup: Cgroup?
    /// The container's v2 group.
    private var unified: Int32 = -1

    /// The container has a user namespace of its own.
    private let hasOwnUsers: Bool

    /// All but the cgroup namespace, which has to be joined from inside the container's cgroup.
    private var kinds: NamespaceKinds {
        let kinds: NamespaceKinds = [.mount, .uts, .ipc, .pid, .network, .time]
        // Nobody can join the user namespace that it is in.
        return hasOwnUsers ? kinds.union(.user) : kinds
    }

    init(_ program: ExecProgram) throws(LaunchFailure) {
        let identity = ProcessIdentity(pid: program.target, startTime: program.targetStartTime)
        let opened: ProcessDescriptor
        do throws(KernelError) {
            opened = try ProcessDescriptor(identity)
        } catch {
            let reason = error.errno == ESRCH ? "it is not running" : error.reason
            throw LaunchFailure("enter container \(program.container): \(reason)", errno: error.errno)
        }
        do throws(CgroupError) {
            cgroup = program.cgroup.isEmpty ? nil : try CgroupHierarchies.discover().existing(program.cgroup)
        } catch {
            throw LaunchFailure(error.description, errno: error.errno)
        }
        self.program = program
        target = opened
        hasOwnUsers = !Files.areSame("/proc/\(identity.pid)/ns/user", "/proc/self/ns/user")
    }

    mutating func perform() throws(LaunchFailure) -> Int32 {
        let signals = SignalSet([SIGWINCH, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2])
        let channel = try explained { () throws(KernelError) in
            try signals.block()
            SignalSet([SIGPIPE, SIGTTOU]).ignore()
            return try Channel()
        }
        let groups = try openGroups()
        // None of the host's own files gets into the container: their modes and owners could be changed there.
        var streams = try ContainerStreams(program.process, together: Self.haveOneOutput())
        try enter()
        guard let child = try clone() else { become(channel.intoChild(), groups, streams.intoChild()) }
        closeAll(groups)
        streams.closeChildEnds()
        let parent = channel.intoParent()
        do throws(LaunchFailure) {
            parent.proceed()
            try parent.awaitExecution(of: child.process, &streams)
        } catch {
            child.process.endFailed()
            throw error
        }
        var relay = try Relay(
            child.intoProcess(), streams, signals: signals, timeout: program.timeout)
        return try relay.run()
    }

    /// Starts the process for somebody else to watch.
    mutating func handOver() throws(LaunchFailure) -> LaunchSuccess {
        let channel = try explained { () throws(KernelError) in try Channel() }
        let groups = try openGroups()
        let console = try ContainerTerminal.connect(program.process)
        var streams = try ContainerStreams(program.process)
        // The ids that the asker knows are those of the host.
        let host = try explained { () throws(KernelError) in try OwnedDescriptor(open: "/proc", .directory) }
        try enter()
        guard let child = try clone() else { become(channel.intoChild(), groups, streams.intoChild()) }
        closeAll(groups)
        let parent = channel.intoParent()
        do throws(LaunchFailure) {
            parent.proceed()
            try parent.awaitExecution(of: child.process, &streams, console: console)
        } catch {
            child.process.endFailed()
            throw error
        }
        let started = try explained { () throws(KernelError) in
            try ProcessIdentity.startTime(of: child.pid, in: host)
        }
        return LaunchSuccess(pid: child.pid, startTime: started, shim: 0, shimStartTime: 0)
    }

    /// Whether the shim's output and error are the same file.
    private static func haveOneOutput() -> Bool {
        var (output, error) = (stat(), stat())
        guard fstat(1, &output) == 0, fstat(2, &error) == 0 else { return false }
        return output.st_dev == error.st_dev && output.st_ino == error.st_ino
    }

    /// The v1 groups' files, which can't be seen from inside.
    private func openGroups() throws(LaunchFailure) -> [Int32] {
        try explained { () throws(KernelError) in
            var groups: [Int32] = []
            for file in cgroup?.joinFiles ?? [] {
                groups.append(try OwnedDescriptor(open: file, .writeOnly).release())
            }
            return groups
        }
    }

    private func closeAll(_ numbers: [Int32]) {
        for number in numbers { close(number) }
    }

    private mutating func enter() throws(LaunchFailure) {
        do throws(CgroupError) {
            unified = try cgroup?.cloneTarget()?.release() ?? -1
        } catch {
            throw LaunchFailure(error.description, errno: error.errno)
        }
        let number = target.descriptor.number
        try explained("enter container \(program.container): ") { () throws(KernelError) in
            // The container's processes must not reach the host through this process, its executable for one.
            try Credentials.makeUntouchable()
            try Namespaces.join(number: number, kinds)
        }
    }

    private func clone() throws(LaunchFailure) -> Namespaces.Child? {
        try explained { () throws(KernelError) in try Namespaces.clone(cgroup: unified >= 0 ? unified : nil) }
    }

    /// In the new process.
    private func become(_ channel: borrowing ChildChannel, _ groups: [Int32], _ streams: ChildStreams) -> Never {
        let failure: LaunchFailure
        do throws(LaunchFailure) {
            try join(groups)
            var process = ContainerProcess(program.process)
            try channel.closeAllElse(but: streams.numbers + process.handedDescriptors)
            guard channel.wait() else { _exit(125) }
            failure = process.become(streams, channel)
        } catch {
            failure = error
        }
        channel.fail(failure)
    }

    private func join(_ groups: [Int32]) throws(LaunchFailure) {
        let number = target.descriptor.number
        try explained("enter container \(program.container): ") { () throws(KernelError) in
            try Scheduling.setProcessors(program.process.traits.initialProcessors)
            for group in groups { try check("join the control group") { write(group, "0", 1) } }
            try Scheduling.setProcessors(program.process.traits.finalProcessors)
            try Namespaces.join(number: number, .cgroup)
            if hasOwnUsers { try UserNamespace.becomeRoot() }
            try check("start a session") { setsid() }
            if program.process.oomScoreAdjustment != 0 {
                try Files.write("\(program.process.oomScoreAdjustment)", to: "/proc/self/oom_score_adj")
            }
        }
    }
}
