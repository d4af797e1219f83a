import Cgroups
import ControlAPI
import Glibc
import Images
import Kernel
import Logging
import NIOPosix
import Sandboxes
import Volumes

/// The engines that all stacks share, and where they keep their state.
struct Engine: Sendable {
    let locations: Locations
    let store: ContainerStore
    let images: ImageStore
    let volumes: VolumeRegistry
    let networks: NetworkController
    let shim: Shim
    let cgroups: CgroupDriver
    let seccomp: SeccompCache
    let names = ContainerNames()
    let skeleton: Skeleton
    let layers: LayerMounts
    let log: Logger
    /// Bit N for each capability that this process can hand on.
    let availableCapabilities: UInt64
    /// What a shim runs when the supervisor is gone.
    let supervisorCommand: [String]

    /// Opens everything that is on disk.
    init(locations: Locations) async throws {
        self.locations = locations
        for name in ["/containers", "/stacks", "/networks"] {
            try Files.makeDirectories(locations.root + name, mode: 0o711)
        }
        try Files.makeDirectories(locations.runRoot + "/containers", mode: 0o711)
        let programs = try Self.programDirectory()
        store = ContainerStore(locations: locations)
        images = try ImageStore(root: locations.root, layerExecutable: programs + "/roost-layer")
        volumes = VolumeRegistry(store: VolumeStore(root: locations.root))
        try volumes.store.sweep()
        networks = try NetworkController(
            locations: locations, instance: hexadecimal(stableHash(locations.root), digits: 6),
            group: MultiThreadedEventLoopGroup.singleton)
        skeleton = try Skeleton(root: locations.root)
        layers = LayerMounts(runRoot: locations.runRoot)
        shim = Shim(executable: programs + "/roost-shim", environment: Self.handedOn)
        cgroups = try CgroupDriver()
        seccomp = SeccompCache()
        log = Logger(label: "roost") { StreamLogHandler.standardError(label: $0) }
        availableCapabilities = try Credentials.available(.max)
        supervisorCommand = [
            try Self.ownExecutable(), "--root", locations.root, "--run-root", locations.runRoot, "supervise",
        ]
    }

    /// What a supervisor needs of its environment, should a shim bring it back.
    private static var handedOn: [String] {
        let names = [
            "PATH", "HOME", "ROOST_LIBEXEC", "ROOST_IDLE_SECONDS", "ROOST_LAYER_FORMAT", "DOCKER_CONFIG", "HTTP_PROXY",
            "HTTPS_PROXY",
            "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR",
        ]
        return names.compactMap { name in getenv(name).map { "\(name)=\(String(cString: $0))" } }
    }

    private static func ownExecutable() throws -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard count > 0 else { throw KernelError("find", "/proc/self/exe", errno: errno) }
        return String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// `ROOST_LIBEXEC`, or where this program is: the three programs are installed together.
    private static func programDirectory() throws -> String {
        if let directory = getenv("ROOST_LIBEXEC") { return String(cString: directory) }
        let path = try ownExecutable()
        return String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }

    /// The cgroup of a container, below the root of each hierarchy. Instances with other places on disk have other
    /// parents, so that none takes another's containers for its own.
    func cgroupPath(_ id: String) -> String { cgroupParent + "/" + id }

    var cgroupParent: String {
        locations.runRoot == "/run/roost" ? "roost" : "roost-" + hexadecimal(stableHash(locations.runRoot), digits: 8)
    }
}

/// FNV-1a: a hash that is the same in every process, for names that must be found again.
func stableHash(_ text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}
