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
    /// Those of the shim's that it has left for the time of the clone.
    private let left: [(kind: NamespaceKinds, descriptor: Int32)]

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
        self.groups = groups
        let early = program.namespaces.joinedEarly
        left = try Self.pass(into: joined.filter { early.contains($0.kind) })
        self.joined = joined.filter { !early.contains($0.kind) }
    }

    /// Joins namespaces for the time of the clone.
    private static func pass(
        into namespaces: [(kind: NamespaceKinds, descriptor: Int32)]
    ) throws(LaunchFailure) -> [(kind: NamespaceKinds, descriptor: Int32)] {
        try explained { () throws(KernelError) in
            var left: [(kind: NamespaceKinds, descriptor: Int32)] = []
            for (kind, descriptor) in namespaces {
                left.append((kind, try OwnedDescriptor(open: "/proc/self/ns/\(kind.fileName)").release()))
                try Namespaces.join(number: descriptor, kind)
                close(descriptor)
            }
            return left
        }
    }

    /// In the shim: what else it starts, such as a hook or the next supervisor, is none of the container's processes.
    func leaveJoined() throws(LaunchFailure) {
        try explained { () throws(KernelError) in
            for (kind, descriptor) in left { try Namespaces.join(number: descriptor, kind) }
        }
    }

    /// In the shim, once the process has its own copies.
    func closeDescriptors() {
        for number in groups + (joined + left).map(\.descriptor) + [start] where number >= 0 { close(number) }
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
        if program.namespaces.new.contains(.network) {
            try networking { () throws(NetlinkError) in
                var socket = try RouteSocket()
                try socket.setUp(RouteSocket.loopback)
            }
        }
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
        let hasOwnUsers = program.namespaces.new.contains(.user)
        try numbered("inside", program.inside) { (step) throws(LaunchFailure) in
            if case .hook(let hook) = step { return try Hook.run(hook, pid: getpid()) }
            if case .bind(let source, "", _, _, _) = step, !hasOwnUsers, !Files.exists(source) {
                throw LaunchFailure("bind source \(source) does not exist", errno: ENOENT)
            }
            try explained { () throws(KernelError) in
                try root.perform(step)
                guard hasOwnUsers, step.makesRoot else { return }
                try root.takeSources(of: program.inside)
                try UserNamespace.becomeRoot()
            }
        }
        return root
    }
}

extension NamespaceSettings {
    /// What the shim joins before it clones: a pid namespace is that of the children of who joined it, and a process of a
    /// new user namespace has no right any more to join others of the host's.
    fileprivate var joinedEarly: NamespaceKinds {
        new.contains(.user) ? [.pid, .network, .ipc, .uts, .time] : [.pid]
    }
}

extension NamespaceKinds {
    /// Below `/proc/PID/ns`, of one kind.
    fileprivate var fileName: String {
        switch self {
        case .pid: "pid"
        case .network: "net"
        case .ipc: "ipc"
        case .uts: "uts"
        default: "time"
        }
    }
}

extension InsideStep {
    /// The container's root file system stands after it.
    fileprivate var makesRoot: Bool {
        switch self {
        case .overlayRoot, .bindRoot: true
        default: false
        }
    }
}
