import FoundationEssentials
public import Kernel

/// A container's run directory: what the shim wrote there, and whether there is a shim.
public struct SandboxDirectory: Sendable {
    public let path: String

    public init(_ path: String) {
        self.path = path
    }

    /// Locked by the shim as long as it lives.
    public var lockPath: String { path + "/shim.lock" }

    /// The content of `state.json`: which processes the container has, or had. `nil` if none was ever started since
    /// the run directory was made.
    public func state() -> RecordedState? {
        // A file that isn't there and one that is damaged both say: nothing runs that we know of.
        try? JSONDecoder().decode(RecordedState.self, from: Data(Files.read(path + "/state.json")))
    }

    /// The content of `exit`; `nil` while the container runs, or if its shim was killed.
    public func exit() -> RecordedExit? {
        try? JSONDecoder().decode(RecordedExit.self, from: Data(Files.read(path + "/exit")))
    }

    /// Forgets the last run, before the next.
    public func clear() throws(KernelError) {
        try Files.remove(path + "/state.json")
        try Files.remove(path + "/exit")
    }

    /// `state.json`: runtime-spec's state with what tells the processes apart from later ones with the same ids.
    public struct RecordedState: Decodable, Equatable, Sendable {
        public var pid: Int32
        /// Clock ticks since boot (`/proc/PID/stat`, field 22).
        public var startTime: UInt64
        public var shimPid: Int32
        public var shimStartTime: UInt64
        public var createdNanoseconds: Int64

        /// The container's first process.
        public var process: ProcessIdentity { ProcessIdentity(pid: pid, startTime: startTime) }
        public var shim: ProcessIdentity { ProcessIdentity(pid: shimPid, startTime: shimStartTime) }
    }

    /// `exit`.
    public struct RecordedExit: Decodable, Equatable, Sendable {
        public var code: Int32
        public var signal: Int32
        public var oomKilled: Bool
        public var startedNanoseconds: Int64
        public var finishedNanoseconds: Int64
    }
}
