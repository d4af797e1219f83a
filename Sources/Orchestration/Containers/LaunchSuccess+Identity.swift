import Kernel
import Launching

extension LaunchSuccess {
    /// The container's first process.
    var process: ProcessIdentity { ProcessIdentity(pid: pid, startTime: startTime) }
    /// The shim's.
    var monitor: ProcessIdentity { ProcessIdentity(pid: shim, startTime: shimStartTime) }
}
