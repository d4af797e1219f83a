import Glibc
import Kernel
import Launching

extension ProcessTraits {
    /// Gives the calling process its traits, in the container's own view and with all rights still there.
    func apply() throws(KernelError) {
        if let policy = scheduling {
            try Scheduling.setPolicy(
                policy.policy, flags: policy.flags, niceness: policy.niceness, priority: policy.priority,
                times: (policy.runtime, policy.deadline, policy.period))
        }
        if let ioPriority { try Scheduling.setIOPriority(ioPriority) }
        if let personality { try Scheduling.setPersonality(personality) }
        for label in labels { try label.write() }
    }
}

extension SecurityLabel {
    /// Something else in the place of the container's /proc would take the label and let the command run without.
    fileprivate func write() throws(KernelError) {
        let path = "/proc/\(getpid())/attr/\(file)"
        let opened = try RootDirectory("/").open(path, .writeOnly, links: .refused)
        guard try opened.fileSystemType() == .proc else {
            throw KernelError("set the security label: this is no proc:", path, errno: ENODEV)
        }
        try opened.writeAll(Array(value.utf8))
    }
}
