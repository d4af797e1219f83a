import Glibc
import Hooks
import Kernel
import Launching

/// The container's first process, from its birth to the execution of the image's command.
struct Inside {
    private let program: LaunchProgram
    /// v1 control groups to join, opened by the shim.
    private let groups: [Int32]
    /// The FIFO that says when to start; -1 to start at once.
    private let start: Int32
    /// Namespaces to join.
    private let joined: [(kind: NamespaceKinds, descriptor: Int32)]

    /// Opens, in the host's namespaces, what the process will need of them.
    init(_ program: LaunchProgram, joinFiles: [String], network: Int32?) throws(LaunchFailure) {
        self.program = program
        let fifo = program.process.handOver?.startFIFO ?? ""
        // For writing too: otherwise somebody else's opening and closing it would look like the end of the file.
        start =
            fifo.isEmpty
            ? -1 : try explained { () throws(KernelError) in try OwnedDescriptor(open: fifo, .readWrite).release() }
        var groups: [Int32] = []
        var joined: [(kind: NamespaceKinds, descriptor: Int32)] = []
        try explained { () throws(KernelError) in
            for file in joinFiles { groups.append(try OwnedDescriptor(open: file, .writeOnly).release()) }
            if let network { joined.append((.network, network)) }
            for namespace in program.namespaces.joined {
                joined.append((NamespaceKinds(namespace.kind), try OwnedDescriptor(open: namespace.path).release()))
            }
        }
        // A pid namespace is that of the children of the process that joined it.
        for (kind, descriptor) in joined where kind == .pid {
            try explained { () throws(KernelError) in try Namespaces.join(number: descriptor, .pid) }
        }
        self.groups = groups
        self.joined = joined.filter { $0.kind != .pid }
    }

    /// In the shim, once the process has its own copies.
    func closeDescriptors() {
        for number in groups + joined.map(\.descriptor) + [start] where number >= 0 { close(number) }
    }

    /// In the new process.
    func run(_ channel: borrowing ChildChannel, _ streams: ChildStreams) -> Never {
        let failure: LaunchFailure
        var process = ContainerProcess(program.process)
        let kept = streams.numbers + process.handedDescriptors + (start >= 0 ? [start] : [])
        do throws(LaunchFailure) {
            // Whoever shares its pid namespace must not reach the host through this process.
            try explained { () throws(KernelError) in try Credentials.makeUntouchable() }
            try channel.closeAllElse(but: groups + joined.map(\.descriptor) + kept)
            try enter()
            // The last of the host's: from here on the container's paths are resolved.
            try channel.closeAllElse(but: kept)
            guard channel.wait() else { _exit(125) }
            let root = try performSteps()
            failure = process.become(root: root, streams, channel, start: start)
        } catch {
            failure = error
        }
        channel.fail(failure, isStanding: process.isStanding)
    }

    private func enter() throws(LaunchFailure) {
        try explained { () throws(KernelError) in
            for (kind, descriptor) in joined { try Namespaces.join(number: descriptor, kind) }
            for number in groups {
                try check("join the control group") { write(number, "0", 1) }
            }
            if program.namespaces.new.contains(.cgroup) { try Namespaces.unshare(.cgroup) }
            if program.namespaces.new.contains(.time) { try enterTime() }
            try check("start a session") { setsid() }
            if program.process.oomScoreAdjustment != 0 {
                try Files.write("\(program.process.oomScoreAdjustment)", to: "/proc/self/oom_score_adj")
            }
        }
    }

    /// A new time namespace is that of children first, and its clocks can be set until somebody is in it.
    private func enterTime() throws(KernelError) {
        try Namespaces.unshare(.time)
        for offset in program.namespaces.timeOffsets { try Files.write(offset, to: "/proc/self/timens_offsets") }
        let own = try OwnedDescriptor(open: "/proc/self/ns/time_for_children")
        try Namespaces.join(own, .time)
    }

    private func performSteps() throws(LaunchFailure) -> RootFileSystem {
        let root = try explained { () throws(KernelError) in try RootFileSystem() }
        try numbered("inside", program.inside) { (step) throws(LaunchFailure) in
            if case .hook(let hook) = step { return try Hook.run(hook, pid: getpid()) }
            if case .bind(let source, "", _, _, _) = step, !Files.exists(source) {
                throw LaunchFailure("bind source \(source) does not exist", errno: ENOENT)
            }
            try explained { () throws(KernelError) in try root.perform(step) }
        }
        return root
    }
}
