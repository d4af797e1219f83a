import CLinux
import Glibc

/// A process through its pidfd (`man 2 pidfd_open`): signals can never hit a process that took over the pid.
public struct ProcessDescriptor: ~Copyable, Sendable {
    public let descriptor: OwnedDescriptor

    /// How a process ended.
    public enum Ending: Equatable, Sendable {
        case exited(Int32)
        case killed(signal: Int32)

        /// As a shell tells it: the code, or 128 + the signal.
        public var code: Int32 {
            switch self {
            case .exited(let code): code
            case .killed(let signal): 128 + signal
            }
        }
    }

    /// Takes over a pidfd.
    public init(taking descriptor: consuming OwnedDescriptor) {
        self.descriptor = descriptor
    }

    /// Gives the pidfd away.
    public consuming func intoDescriptor() -> OwnedDescriptor { descriptor }

    /// Opens the process; `ESRCH` if there is none.
    public init(pid: Int32) throws(KernelError) {
        descriptor = OwnedDescriptor(taking: try check("open process", String(pid)) { clinux_pidfd_open(pid) })
    }

    /// Opens exactly this process; `ESRCH` if its pid belongs to another one by now.
    public init(_ identity: ProcessIdentity) throws(KernelError) {
        let opened = try ProcessDescriptor(pid: identity.pid)
        // The start time is compared after the pidfd pins the process.
        guard try ProcessIdentity(pid: identity.pid) == identity else {
            throw KernelError("open process", String(identity.pid), errno: ESRCH)
        }
        self = opened
    }

    /// Sends a signal; `ESRCH` once the process has ended.
    public func signal(_ signal: Int32) throws(KernelError) {
        try check("send signal \(signal)") { clinux_pidfd_send_signal(descriptor.number, signal) }
    }

    /// A duplicate of the process's own descriptor `number` (`man 2 pidfd_getfd`).
    public func descriptor(_ number: Int32) throws(KernelError) -> OwnedDescriptor {
        OwnedDescriptor(
            taking: try check("take over descriptor", String(number)) {
                clinux_pidfd_getfd(descriptor.number, number)
            })
    }

    /// Whether the process (a child or not) has ended, waiting at most so long; negative for no bound.
    public func waitForEnd(milliseconds: Int32) throws(KernelError) -> Bool {
        try descriptor.waitReadable(milliseconds: milliseconds)
    }

    /// Takes the ending of a child, or nil if it still runs and `blocking` is false.
    public func reap(blocking: Bool) throws(KernelError) -> Ending? {
        var code: Int32 = 0
        var status: Int32 = 0
        let found = try check("wait for process") {
            clinux_wait_pidfd(descriptor.number, blocking ? 1 : 0, &code, &status)
        }
        guard found == 1 else { return nil }
        return code == 1 ? .exited(status) : .killed(signal: status)
    }
}
