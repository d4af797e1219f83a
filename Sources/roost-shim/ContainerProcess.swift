import Glibc
import Hooks
import Kernel
import Launching

/// The command's environment and rights, from a fully equipped process to the execution. What a launch and a further
/// process of a running container share.
struct ContainerProcess {
    private let settings: ProcessSettings
    private var capabilities: CapabilitySets
    /// It waits for its start, or was started: nobody awaits a report any more.
    private(set) var isStanding = false

    init(_ settings: ProcessSettings) {
        self.settings = settings
        capabilities = settings.capabilities
    }

    /// Descriptors that the command gets.
    var handedDescriptors: [Int32] { (0..<(settings.handOver?.descriptors ?? 0)).map { Int32($0) + 3 } }

    /// Becomes the container's command; returns only by failing.
    /// - Parameter start: the FIFO that says when; -1 for at once.
    mutating func become(
        root: RootFileSystem, _ streams: ChildStreams, _ channel: borrowing ChildChannel, start: Int32
    ) -> LaunchFailure {
        do throws(LaunchFailure) {
            try installStreams(root, streams, channel)
            try explained("working directory: ") { () throws(KernelError) in
                _ = try root.root.directory(workingDirectory)
            }
            try channel.closeAllElse(but: handedDescriptors + (start >= 0 ? [start] : []))
            try enterDirectory()
            try setLimits()
            if start >= 0 { try wait(for: start, channel) }
            for hook in settings.startHooks { try Hook.run(hook, pid: getpid()) }
            try restrict()
            guard settings.handOver != nil || channel.parentIsAlive else { _exit(125) }
            if settings.reaper { try Reaper.fork(terminal: settings.terminal) }
            return Command(settings).execute()
        } catch {
            return error
        }
    }

    /// For a further process, which is in the container's namespaces.
    mutating func become(_ streams: ChildStreams, _ channel: borrowing ChildChannel) -> LaunchFailure {
        do throws(LaunchFailure) {
            if settings.terminal {
                let terminal = try explained { () throws(KernelError) in try Terminal() }
                try ContainerTerminal.install(terminal, for: settings)
                guard channel.hand(terminal: terminal.master.number) else { _exit(125) }
            } else {
                try installPipes(try explained { () throws(KernelError) in try RootFileSystem() }, streams)
            }
            try channel.closeAllElse(but: handedDescriptors)
            try enterDirectory()
            try setLimits()
            try restrict()
            guard settings.handOver != nil || channel.parentIsAlive else { _exit(125) }
            return Command(settings).execute()
        } catch {
            return error
        }
    }

    /// Everything is ready but the command. What can be told of it is told before.
    private mutating func wait(for start: Int32, _ channel: borrowing ChildChannel) throws(LaunchFailure) {
        if let failure = Command(settings).obstacle() { throw failure }
        channel.reportStanding()
        isStanding = true
        try channel.closeAllElse(but: handedDescriptors + [start])
        try explained("wait for the start: ") { () throws(KernelError) in
            var byte: UInt8 = 0
            var count = 0
            while count == 0 { count = try check("read") { read(start, &byte, 1) } }
        }
        close(start)
    }

    private func installStreams(
        _ root: RootFileSystem, _ streams: ChildStreams, _ channel: borrowing ChildChannel
    ) throws(LaunchFailure) {
        if settings.terminal {
            let terminal = try explained { () throws(KernelError) in try Terminal() }
            try ContainerTerminal.bindConsole(terminal, root)
            try ContainerTerminal.install(terminal, for: settings)
            guard channel.hand(terminal: terminal.master.number) else { _exit(125) }
            return
        }
        try installPipes(root, streams)
    }

    /// The pipes are the command's user's, so that it can open its own streams again, through /dev/stdout.
    private func installPipes(_ root: RootFileSystem, _ streams: ChildStreams) throws(LaunchFailure) {
        let (user, group) = (settings.user, settings.group)
        if settings.handOver != nil { return giveStreams(to: user) }
        try explained { () throws(KernelError) in
            var streams = streams
            for number in streams.numbers where user != 0 || group != 0 {
                try check("give a standard stream to the user", "\(user)") { fchown(number, user, group) }
            }
            if streams.input < 0 { streams.input = try root.openNull().release() }
            try streams.install()
        }
    }

    /// The asker's own streams: pipes and terminals become the user's, as other runtimes have it; whatever else they are
    /// stays as it is.
    private func giveStreams(to user: UInt32) {
        guard user != 0 else { return }
        for number in Int32(0)...2 {
            var status = Glibc.stat()
            guard fstat(number, &status) == 0, status.st_uid != user else { continue }
            let kind = status.st_mode & S_IFMT
            // Not to own them is no reason not to run.
            if kind == S_IFIFO || kind == S_IFCHR && isatty(number) == 1 { fchown(number, user, gid_t.max) }
        }
    }

    private var workingDirectory: String { settings.workingDirectory.isEmpty ? "/" : settings.workingDirectory }

    private func enterDirectory() throws(LaunchFailure) {
        try explained("working directory: ") { () throws(KernelError) in
            do throws(KernelError) {
                try Execution.enterDirectory(workingDirectory)
            } catch  where error.errno == EACCES {
                // One that only the user may enter is entered later.
            }
        }
    }

    /// The order is the point here. A filter is loaded while the right to do so is still there, unless
    /// no_new_privs makes it everybody's; then it comes last, as it may forbid what stands before it.
    private mutating func restrict() throws(LaunchFailure) {
        try explained { () throws(KernelError) in
            try Credentials.leaveSessionKeyring()
            try Credentials.resetPriority()
            try settings.traits.apply()
            if !settings.seccomp.isEmpty && !settings.noNewPrivileges { try loadFilter() }
            try dropRights()
            if let mask = settings.umask { umask(mask) } else { umask(0o022) }
            // Each change of credentials clears it, so it stands after all of them.
            if settings.handOver == nil { try Credentials.setParentDeathSignal(SIGKILL) }
            try Execution.closeOnExecution(from: 3)
            for number in handedDescriptors { _ = fcntl(number, F_SETFD, 0) }
            SignalSet.reset()
            if settings.noNewPrivileges {
                try Credentials.forbidNewPrivileges()
                if !settings.seccomp.isEmpty { try loadFilter() }
            }
        }
    }

    private func loadFilter() throws(KernelError) {
        try Credentials.loadFilter(settings.seccomp, flags: settings.traits.seccompFlags)
    }

    private func setLimits() throws(LaunchFailure) {
        for limit in settings.limits {
            do throws(KernelError) {
                try Credentials.setLimit(kind: limit.kind, soft: limit.soft, hard: limit.hard)
            } catch {
                let advice =
                    error.errno == EPERM ? " (raising it above the host's hard limit needs CAP_SYS_RESOURCE)" : ""
                throw LaunchFailure(
                    "ulimit \(limit.name) \(limit.soft):\(limit.hard): \(error.reason)\(advice)", errno: error.errno)
            }
        }
    }

    private func dropRights() throws(KernelError) {
        let sets = settings.capabilities
        let held = try Credentials.available(.max)
        let permitted = sets.permitted & held
        let inheritable = sets.inheritable & held
        // It may hold what the other sets don't, if it is set while they still do.
        try Credentials.setCapabilities(effective: held, permitted: held, inheritable: inheritable)
        try Credentials.limitBoundingSet(to: sets.bounding)
        try Credentials.keepCapabilities(true)
        try Credentials.become(
            user: settings.user, group: settings.group, additionalGroups: settings.additionalGroups)
        try Credentials.keepCapabilities(false)
        try Execution.enterDirectory(workingDirectory)
        try Credentials.setCapabilities(
            effective: sets.effective & permitted, permitted: permitted, inheritable: inheritable)
        try Credentials.setAmbient(sets.ambient & inheritable & permitted)
    }
}
