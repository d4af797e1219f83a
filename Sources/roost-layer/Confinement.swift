import CArchive
import Glibc

/// Shuts the process in: afterwards an archive can't make it do more than what it is for.
struct Confinement {
    /// The capabilities that filling a directory needs, by their numbers in `man 7 capabilities`.
    private enum Capability: UInt64, CaseIterable {
        case changeOwner = 0
        case overrideAccess = 1
        case actAsOwner = 3
        case keepSetID = 4
        /// For extended attributes in the `trusted` name space: overlayfs' opaque directories.
        case systemAdministration = 21
        case makeNode = 27
        case setFileCapabilities = 31
    }

    /// What the C library loads lazily has to come from the host, and before the filter: afterwards its paths lie in
    /// the archive's hands, or can't be opened.
    func prepare() throws(UnpackError) {
        setlocale(LC_ALL, "C.UTF-8")
        let converter = iconv_open("UTF-8", "UTF-8")
        if converter != iconv_t(bitPattern: -1) { iconv_close(converter) }
        _ = strerror(ENOENT)
        signal(SIGPIPE, SIG_IGN)
        try step("closing descriptors", confinement_close_from(4))
        try limit(RLIMIT_CORE, 0)
        // Tables, the zstd window and the threads' stacks; what a table of 2 million entries needs, and no more.
        try limit(RLIMIT_AS, 3 << 30)
        try step("no_new_privs", confinement_no_new_privileges())
    }

    /// Makes the directory this process's whole world.
    func enter(_ directory: String) throws(UnpackError) {
        guard chdir(directory) == 0 else { throw .confinement(step: "entering \(directory)", errno: errno) }
        guard chroot(".") == 0 else { throw .confinement(step: "chroot to \(directory)", errno: errno) }
        guard chdir("/") == 0 else { throw .confinement(step: "entering the new root", errno: errno) }
        umask(0o022)
    }

    /// Gives up all rights but the needed ones, and all system calls but the needed ones, on all threads.
    func enterFilter(needsFiles: Bool) throws(UnpackError) {
        try keepCapabilities(needsFiles ? Capability.allCases : [])
        // The descriptors: the blob, the report, the errors and the image.
        try limit(RLIMIT_NOFILE, needsFiles ? 16 : 4)
        let result = confinement_filter(needsFiles ? 1 : 0)
        // Kernels without filters, and processors for which there is none, leave the rest, which is enough.
        guard result == 0 || result == EINVAL || result == ENOSYS else {
            throw .confinement(step: "limiting system calls", errno: result)
        }
    }

    private func keepCapabilities(_ kept: [Capability]) throws(UnpackError) {
        let numbers = Set(kept.map(\.rawValue))
        for number in 0..<UInt64(64) where !numbers.contains(number) {
            let result = confinement_drop_bounding(Int32(number))
            // Who may not drop a capability has none to drop.
            if result != EPERM { try step("dropping capability \(number)", result) }
        }
        try step("clearing ambient capabilities", confinement_clear_ambient())
        let mask = numbers.reduce(UInt64(0)) { $0 | 1 << $1 }
        try step("limiting capabilities", confinement_limit_capabilities(mask))
    }

    private func limit(_ kind: __rlimit_resource, _ value: UInt64) throws(UnpackError) {
        var limits = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value))
        var present = rlimit()
        getrlimit(__rlimit_resource_t(kind.rawValue), &present)
        limits.rlim_max = min(limits.rlim_max, present.rlim_max)
        limits.rlim_cur = min(limits.rlim_cur, limits.rlim_max)
        guard setrlimit(__rlimit_resource_t(kind.rawValue), &limits) == 0 else {
            throw .confinement(step: "setting a limit", errno: errno)
        }
    }

    private func step(_ step: String, _ errno: Int32) throws(UnpackError) {
        guard errno == 0 else { throw .confinement(step: step, errno: errno) }
    }
}
