import Containers
import ControlAPI
import Glibc
import Images
import Kernel
import Logging
import NIOPosix
import Sandboxes
import StableHashing
import Volumes

/// The engines of one instance, put together: what they are is known here alone.
struct Engine: Sendable {
    let locations: Locations
    let images: ImageStore
    let volumes: VolumeRegistry
    let containers: HostContainers
    let stacks: HostStacks
    let log: Logger

    /// Opens everything that is on disk.
    init(locations: Locations) throws {
        self.locations = locations
        // The top may be a directory that somebody made with a mind of his own; what is in it is Roost's.
        try Files.makeDirectories(locations.root, mode: 0o710)
        for name in ["/containers", "/layers", "/networks", "/stacks", "/volumes"] {
            try Files.makePrivateDirectory(locations.root + name)
        }
        let log = Logger(label: "roost") { StreamLogHandler.standardError(label: $0) }
        self.log = log
        images = try ImageStore(root: locations.root, layerExecutable: InstalledPrograms.path("roost-layer"))
        volumes = VolumeRegistry(store: VolumeStore(root: locations.root))
        try volumes.store.sweep()
        let networks = try NetworkController(
            locations: locations, instance: hexadecimal(StableHash(locations.root).value, digits: 6),
            group: MultiThreadedEventLoopGroup.singleton)
        containers = try HostContainers(
            locations: locations, volumes: volumes.store, networks: networks,
            shim: Shim(executable: InstalledPrograms.path("roost-shim"), environment: Self.handedOn),
            supervisorCommand: [
                try InstalledPrograms.ownPath(), "--root", locations.root, "--run-root", locations.runRoot,
                // The shim gives it the writing end of a pipe.
                "--ready-fd", "3",
            ], log: log)
        stacks = HostStacks(
            images: images, volumes: volumes, networks: networks, ledgerStore: LedgerStore(locations: locations))
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
}
