/// Why a container or a further process did not start, in the user's words.
public struct LaunchFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// One line: what was attempted on what, and why it failed.
    public var message: String
    /// The step of the program, as `inside[3]`; empty if it was none.
    public var step: String
    /// Docker's exit codes: 127 for a command that is not in the image, 126 for one that can't be executed, else 125.
    public var code: Int32
    /// The kernel's number (`man 3 errno`), 0 if it was not a system call that failed.
    public var errno: Int32

    public init(_ message: String, step: String = "", code: Int32 = 125, errno: Int32 = 0) {
        self.message = message
        self.step = step
        self.code = code
        self.errno = errno
    }

    public var description: String { message }

    /// The report's line: `{"error":…,"step":…,"code":…,"errno":…}`.
    public var json: String {
        """
        {"error":\(JSONText.quoted(message)),"step":\(JSONText.quoted(step)),"code":\(code),"errno":\(errno)}

        """
    }
}

/// The processes of a container that runs. Start times are clock ticks since boot (`/proc/PID/stat`, field 22).
public struct LaunchSuccess: Equatable, Sendable {
    public var pid: Int32
    public var startTime: UInt64
    public var shim: Int32
    public var shimStartTime: UInt64

    public init(pid: Int32, startTime: UInt64, shim: Int32, shimStartTime: UInt64) {
        self.pid = pid
        self.startTime = startTime
        self.shim = shim
        self.shimStartTime = shimStartTime
    }

    /// The report's line: `{"pid":…,"startTime":…,"shim":…,"shimStartTime":…}`.
    public var json: String {
        """
        {"pid":\(pid),"startTime":\(startTime),"shim":\(shim),"shimStartTime":\(shimStartTime)}

        """
    }
}

/// The content of `state.json`: runtime-spec's state (runtime.md#state) and what Roost adds to find the processes.
public struct ContainerState: Equatable, Sendable {
    public var container: String
    public var processes: LaunchSuccess
    public var bundle: String
    /// Nanoseconds since 1970.
    public var createdNanoseconds: UInt64

    public init(container: String, processes: LaunchSuccess, bundle: String, createdNanoseconds: UInt64) {
        self.container = container
        self.processes = processes
        self.bundle = bundle
        self.createdNanoseconds = createdNanoseconds
    }

    /// The file's text.
    public var json: String {
        """
        {"ociVersion":"1.0.2","id":\(JSONText.quoted(container)),"status":"running","pid":\(processes.pid),\
        "bundle":\(JSONText.quoted(bundle)),"startTime":\(processes.startTime),"shimPid":\(processes.shim),\
        "shimStartTime":\(processes.shimStartTime),"createdNanoseconds":\(createdNanoseconds)}

        """
    }
}

/// The content of the file `exit`: how a container ended.
public struct ContainerExit: Equatable, Sendable {
    /// The exit code, or 128 + the signal.
    public var code: Int32
    /// The signal that ended it, else 0.
    public var signal: Int32
    /// The kernel killed a process of the container for want of memory.
    public var oomKilled: Bool
    /// Nanoseconds since 1970.
    public var startedNanoseconds: UInt64
    public var finishedNanoseconds: UInt64

    public init(
        code: Int32, signal: Int32, oomKilled: Bool, startedNanoseconds: UInt64, finishedNanoseconds: UInt64
    ) {
        self.code = code
        self.signal = signal
        self.oomKilled = oomKilled
        self.startedNanoseconds = startedNanoseconds
        self.finishedNanoseconds = finishedNanoseconds
    }

    /// The file's text.
    public var json: String {
        """
        {"code":\(code),"signal":\(signal),"oomKilled":\(oomKilled),"startedNanoseconds":\(startedNanoseconds),\
        "finishedNanoseconds":\(finishedNanoseconds)}

        """
    }
}

extension MonitorSettings {
    /// The descriptor under which the shim holds the container's input: the writing end of a pipe, or the terminal's
    /// master, which is also the terminal's output.
    public static let inputDescriptor: Int32 = 62
}
