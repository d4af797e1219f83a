import Glibc
import Kernel
import Launching

/// The command's environment and rights, from a fully equipped process to the execution. What a launch and a further
/// process of a running container share.
struct ContainerProcess {
    private let settings: ProcessSettings
    private var capabilities: CapabilitySets

    init(_ settings: ProcessSettings) {
        self.settings = settings
        capabilities = settings.capabilities
    }

    /// Becomes the container's command; returns only by failing.
    mutating func become(
        root: RootFileSystem, _ streams: ChildStreams, _ channel: borrowing ChildChannel
    ) -> LaunchFailure {
        do throws(LaunchFailure) {
            try installStreams(root, streams, channel)
            try explained("working directory: ") { () throws(KernelError) in
                _ = try root.root.directory(workingDirectory)
            }
            try channel.closeAllElse()
            try enterDirectory()
            try restrict()
            guard channel.parentIsAlive else { _exit(125) }
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
            try channel.closeAllElse()
            try enterDirectory()
            try restrict()
            guard channel.parentIsAlive else { _exit(125) }
            return Command(settings).execute()
        } catch {
            return error
        }
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
        try explained { () throws(KernelError) in
            var streams = streams
            for number in streams.numbers where user != 0 || group != 0 {
                try check("give a standard stream to the user", "\(user)") { fchown(number, user, group) }
            }
            if streams.input < 0 { streams.input = try root.openNull().release() }
            try streams.install()
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
        try setLimits()
        try explained { () throws(KernelError) in
            try Credentials.leaveSessionKeyring()
            try Credentials.resetPriority()
            if !settings.seccomp.isEmpty && !settings.noNewPrivileges { try Credentials.loadFilter(settings.seccomp) }
            try dropRights()
            if let mask = settings.umask { umask(mask) } else { umask(0o022) }
            // Each change of credentials clears it, so it stands after all of them.
            try Credentials.setParentDeathSignal(SIGKILL)
            try Execution.closeOnExecution(from: 3)
            SignalSet.reset()
            if settings.noNewPrivileges {
                try Credentials.forbidNewPrivileges()
                if !settings.seccomp.isEmpty { try Credentials.loadFilter(settings.seccomp) }
            }
        }
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
        let permitted = try Credentials.available(sets.permitted)
        let inheritable = sets.inheritable
        try Credentials.limitBoundingSet(to: sets.bounding)
        try Credentials.keepCapabilities(true)
        try Credentials.become(
            user: settings.user, group: settings.group, additionalGroups: settings.additionalGroups)
        try Credentials.keepCapabilities(false)
        try Execution.enterDirectory(workingDirectory)
        try Credentials.setCapabilities(
            effective: sets.effective & permitted, permitted: permitted, inheritable: inheritable & permitted)
        try Credentials.setAmbient(sets.ambient & inheritable & permitted)
    }
}
