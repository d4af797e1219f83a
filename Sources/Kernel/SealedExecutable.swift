import CLinux
import Glibc

/// An executable that the processes which run it, and whoever sees them, can't change.
///
/// `/proc/PID/exe` leads to the very file that a process runs, wherever that process has gone meanwhile: a container
/// into which a program of the host goes could change the program's mode, owner or content (CVE-2019-5736). So it is
/// executed from a read-only mount of the file that hangs nowhere. Where the kernel can't make one, it is executed from
/// a copy in memory that is sealed.
public struct SealedExecutable: ~Copyable, Sendable {
    private let descriptor: OwnedDescriptor

    /// - Parameter path: an executable that doesn't depend on the place it is started from.
    public init(_ path: String) throws(KernelError) {
        do throws(KernelError) {
            let mount = try DetachedMount(cloning: path, recursive: false)
            try mount.change(set: [.readOnly, .noSUID, .noDevices], recursive: false)
            descriptor = mount.intoDescriptor()
        } catch {
            // Before Linux 5.12 mounts that hang nowhere can't be changed; and one must have the right to mount.
            if [ENOENT, EACCES, ENOTDIR].contains(error.errno) { throw error }
            descriptor = try Self.sealedCopy(of: path)
        }
    }

    /// Where the calling process and its children find it, as long as this value lives.
    private var path: String { "/proc/\(getpid())/fd/\(descriptor.number)" }

    /// Starts it in the place of the program that `spawn` names; the caller has to wait for the pid some time.
    public func start(_ spawn: Spawn) throws(KernelError) -> Int32 {
        var spawn = spawn
        spawn.executable = path
        return try spawn.start()
    }

    /// The calling process becomes it; returns only by failing.
    /// - Parameter environment: `KEY=value`; nil hands on the caller's.
    public func become(_ arguments: [String], environment: [String]?) -> KernelError {
        Execution.become(path, arguments, environment: environment)
    }

    /// Whether the calling process runs from one.
    public static func isRunning() throws(KernelError) -> Bool {
        try isSealed(try OwnedDescriptor(open: "/proc/self/exe"))
    }

    private static func isSealed(_ file: borrowing OwnedDescriptor) throws(KernelError) -> Bool {
        if try file.mountAttributes().isSuperset(of: [.readOnly, .noSUID, .noDevices]) { return true }
        let seals = clinux_fcntl(file.number, Self.getSeals, 0)
        // Fails for what isn't a file in memory.
        return seals >= 0 && seals & Self.allSeals == Self.allSeals
    }

    /// In memory, as large as the file, for as long as something runs from it.
    static func sealedCopy(of path: String) throws(KernelError) -> OwnedDescriptor {
        let source = try OwnedDescriptor(open: path)
        let (name, number) = ("roost-shim", source.number)
        let copy = OwnedDescriptor(taking: try check("make a file in memory", name) { clinux_sealable_file(name) })
        let target = copy.number
        while try check("copy", path, { sendfile(target, number, nil, 16 << 20) }) > 0 {}
        try check("seal", name) { clinux_fcntl(target, Self.addSeals, Int(Self.allSeals)) }
        // A file that somebody has open for writing isn't executed.
        return try OwnedDescriptor(open: "/proc/self/fd/\(target)", .path)
    }

    /// `man 2 fcntl`: F_ADD_SEALS, F_GET_SEALS; F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE.
    private static let addSeals: Int32 = 1033
    private static let getSeals: Int32 = 1034
    private static let allSeals: Int32 = 0xf
}
