public import Kernel
import Launching
public import Planning

extension ContainerProcesses {
    init(_ launched: LaunchSuccess) {
        self.init(
            pid: launched.pid, startTime: launched.startTime, shim: launched.shim,
            shimStartTime: launched.shimStartTime)
    }

    /// The container's first process.
    public var process: ProcessIdentity { ProcessIdentity(pid: pid, startTime: startTime) }
    /// The shim's.
    public var monitor: ProcessIdentity { ProcessIdentity(pid: shim, startTime: shimStartTime) }
}
