import Glibc
import Kernel
import Launching
import OCI
import Testing

@testable import Sandboxes

/// An image of busybox and the places of one container, and what launches it.
struct ShimContainer {
    static let busybox = "/bin/busybox"

    static let executable: String = {
        if let directory = getenv("ROOST_LIBEXEC") { return String(cString: directory) + "/roost-shim" }
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let path = String(decoding: buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        return path.split(separator: "/").dropLast().reduce(into: "") { $0 += "/\($1)" } + "/roost-shim"
    }()

    /// Why these tests can't run here; nil if they can.
    static let obstacle: String? =
        if geteuid() != 0 {
            "needs root"
        } else if !Files.exists(busybox) {
            "needs busybox-static"
        } else if !Files.exists(executable) {
            "needs the roost-shim executable beside the tests, or in ROOST_LIBEXEC"
        } else {
            nil
        }

    let place: TemporaryDirectory
    var directory: SandboxDirectory { SandboxDirectory(place.path + "/run") }

    init() throws {
        place = try TemporaryDirectory()
        for part in ["lower/bin", "upper", "work", "rootfs", "run"] {
            try Files.makeDirectories(place.path + "/" + part)
        }
        try Files.replace(place.path + "/lower/bin/busybox", with: Files.read(Self.busybox), mode: 0o755)
        symlink("busybox", place.path + "/lower/bin/sh")
    }

    func program(_ script: String) throws -> LaunchProgram { try program(["sh", "-c", script]) }

    /// - Parameter ownHosts: a file of the host, of which the container gets its own copy at /etc/hosts.
    func program(_ arguments: [String], ownHosts: String? = nil) throws -> LaunchProgram {
        let capabilities = Capability.standard.map { "CAP_" + $0 }
        let configuration = LaunchSamples.configuration {
            $0.process.args = arguments
            $0.process.cwd = "/"
            $0.process.capabilities = .init(
                bounding: capabilities, effective: capabilities, permitted: capabilities)
            $0.linux.cgroupsPath = ""
            if let ownHosts {
                $0.mounts.append(
                    .init(destination: "/etc/hosts", type: "bind", source: ownHosts, options: ["bind", "nodev"]))
            }
        }
        let seccomp = try SeccompCompiler.compile(.standard, capabilities: Set(capabilities))
        var settings = SandboxSettings(
            id: "shim-test", layers: [place.path + "/lower"], upper: place.path + "/upper",
            work: place.path + "/work", mountPoint: place.path + "/rootfs",
            cgroups: CgroupCompiler(LaunchSamples.unified), seccomp: seccomp,
            monitor: MonitorSettings(
                runDirectory: directory.path, logPath: place.path + "/log", bundle: place.path))
        if let ownHosts { settings.ownFiles = [ownHosts: try Files.read(ownHosts)] }
        return try LaunchCompiler.program(for: configuration, settings: settings)
    }

    func lock() throws -> OwnedDescriptor {
        let file = try OwnedDescriptor(open: directory.lockPath, [.readWrite, .create])
        try #require(flock(file.number, LOCK_EX | LOCK_NB) == 0)
        return file
    }

    func launch(_ program: LaunchProgram) async throws -> LaunchSuccess {
        let lock = try lock()
        return try await Shim(executable: Self.executable).launch(program, lock: lock)
    }

    /// Whether nobody holds the lock.
    func isLocked() throws -> Bool {
        let file = try OwnedDescriptor(open: directory.lockPath, [.readWrite, .create])
        return flock(file.number, LOCK_EX | LOCK_NB) != 0
    }

    /// Whether the shim has let go of its lock, in two seconds at the latest.
    func isUnlocked() throws -> Bool {
        let file = try OwnedDescriptor(open: directory.lockPath, [.readWrite, .create])
        // A process that another test spawns has a copy of every descriptor until it executes its program.
        for _ in 0..<200 {
            if flock(file.number, LOCK_EX | LOCK_NB) == 0 { return true }
            usleep(10_000)
        }
        return false
    }
}
