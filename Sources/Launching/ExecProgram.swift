/// A further process in a running container, as a value: what `roost-shim exec` performs.
///
/// Standard input, output and error are those that the shim itself was started with. With a terminal, the shim makes
/// a pseudo-terminal inside the container and relays between it and its own standard streams, which must already be
/// in raw mode; a `SIGWINCH` to the shim is passed on as a resize. The shim ends with the process's exit code, 128 + N
/// for signal N, 126 when the command could not be executed and 127 when it was not found.
public struct ExecProgram: Equatable, Sendable {
    /// The container's id, used in messages.
    public var container: String
    /// The container's first process, and when it started (field 22 of `/proc/PID/stat`, in clock ticks), so that a
    /// reused pid is never taken for it.
    public var target: Int32
    public var targetStartTime: UInt64
    /// The container's cgroup, below the root of each hierarchy that the target is in.
    public var cgroup: String
    public var process: ProcessSettings
    /// Ends the process (SIGKILL) after so many milliseconds; 0 for never.
    public var timeout: UInt32

    public init(
        container: String, target: Int32, targetStartTime: UInt64, cgroup: String, process: ProcessSettings,
        timeout: UInt32 = 0
    ) {
        self.container = container
        self.target = target
        self.targetStartTime = targetStartTime
        self.cgroup = cgroup
        self.process = process
        self.timeout = timeout
    }
}
