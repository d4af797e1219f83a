// swift-tools-version: 6.2
import PackageDescription

// Targets are listed low to high: a module imports only modules that stand before it.
// docs/architecture.md tells what stands where and why.

/// `scripts/fuzz --coverage`: libFuzzer's program, and every module instrumented for it.
let isForLibFuzzer = Context.environment["ROOST_LIBFUZZER"] != nil

let strict: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + (isForLibFuzzer ? [.unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"])] : [])

/// Fully static: the relocations of a PIE of this size cost megabytes of private memory, and loading the shared
/// objects a millisecond of each start.
let staticLinking: [LinkerSetting] = [
    .unsafeFlags(["-static-executable", "-l_FoundationCShims", "-l_FoundationCollections"])
]

/// A non-PIE executable with the Swift runtime and the libraries inside; ISA-L exists as a shared object only.
let layerLinking: [LinkerSetting] = [
    .unsafeFlags(["-static-stdlib", "-Xclang-linker", "-no-pie"])
]

/// The shim stays resident once per container, so it is fully static and links nothing it can do without.
let shimLinking: [LinkerSetting] = [
    .unsafeFlags(["-static-executable", "-Xlinker", "--gc-sections"])
]

let orderedCollections = Target.Dependency.product(name: "OrderedCollections", package: "swift-collections")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let toml = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], resources: [Resource] = []
) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: strict)
}

let package = Package(
    name: "roost",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "roost", targets: ["roost"]),
        .executable(name: "roost-supervisor", targets: ["roost-supervisor"]),
        .executable(name: "roost-oci", targets: ["roost-oci"]),
        .executable(name: "roost-shim", targets: ["roost-shim"]),
        .executable(name: "roost-layer", targets: ["roost-layer"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Floor: what Swift can't call or import by itself, and Debian's libraries.
        .target(name: "CLinux"),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        // ISA-L, zstd and OpenSSL's hashes: what reads a layer as fast as it can be read.
        .systemLibrary(name: "CCompression", providers: [.apt(["libisal-dev", "libssl-dev", "libzstd-dev"])]),
        .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),

        // Values: pure, synchronous, no input or output.
        // Positions, messages, and their rendering with source line and caret.
        module("Diagnostics"),
        // IP addresses, prefixes, MAC addresses, ports.
        module("Addressing"),
        // A hash that is the same in every process.
        module("StableHashing"),
        // Digests, references, manifests, image and runtime configuration.
        module("OCI", [crypto]),
        // Dockerfiles: text -> instructions -> the program of a build.
        module("Dockerfiles", ["Diagnostics", "OCI"]),
        // The resolved desired state of a stack.
        module("StackModel", ["Addressing", "OCI"]),
        // (desired, observed) -> plan; the restart and health state machines.
        module("Planning", ["Addressing", "StableHashing", "StackModel"]),
        // Go's templates, for `--format`: text and a JSON value -> text.
        module("Templates", ["Diagnostics"]),
        // Bundle -> launch program, in wire and text form. The shim links it: no Foundation, no dependencies.
        module("Launching", ["StableHashing"]),

        // Kernel: synchronous, typed errors, owned descriptors. The shim links these too.
        module("Kernel", ["CLinux"]),
        // Blocking work beside the threads that serve all tasks.
        module("Blocking", ["Kernel"]),
        // Plain tar archives, written and read in one pass.
        module("TarArchives", ["OCI", "Kernel"]),
        // Control groups, v2 and v1: what the host has, and the programs that make groups carried out.
        module("Cgroups", ["CLinux", "Launching", "Kernel"]),

        // OCI hooks: programs of the host and of containers that are told of a container's stages.
        module("Hooks", ["Launching", "Kernel"]),

        // The tree of a layer, and the EROFS image that is made of it. roost-layer links it: no Foundation.
        module("Erofs", ["CLinux"]),
        // A layer's blob -> tar stream -> entries, for whoever makes something of them.
        module("LayerReading", ["CArchive", "CCompression", "Erofs"]),

        // Engines: ignorant of each other.
        // Files -> Stack, in stages.
        module("StackFile", ["CYAML", "Diagnostics", "Addressing", "OCI", "StackModel", orderedCollections]),
        // The distribution protocol.
        module(
            "Registries",
            ["Addressing", "OCI", "Kernel", "Blocking", httpClient, nio, nioPosix, nioHTTP1, nioSSL, toml]),
        // Content store and layers.
        module("Images", ["OCI", "Kernel", "Blocking", "CLinux", "TarArchives", "Erofs"]),
        // Launch, exec, signal, wait for and adopt containers.
        module("Sandboxes", ["CSeccomp", "OCI", "Launching", "Kernel", "Cgroups"]),
        // The commands of an OCI runtime, for others than the engine.
        module("RuntimeCommands", ["OCI", "Launching", "Kernel", "Cgroups", "Hooks", "Sandboxes"]),
        // Bridges, leases, the ruleset, names.
        module("Networks", ["CLinux", "Addressing", "StableHashing", "Kernel", nio, nioPosix]),
        // Named volumes and their first content.
        module("Volumes", ["CLinux", "StackModel", "Kernel"]),

        // What the command line and the supervisor say to each other.
        module("ControlAPI", ["OCI", "StackModel", "Kernel"]),
        // Containers, whoever owns them: record, bundle, launch, life, networks, logs, further processes.
        module(
            "Containers",
            [
                "CLinux", "Addressing", "StableHashing", "OCI", "StackModel", "Planning", "Launching", "Kernel",
                "Blocking", "Cgroups", "Images", "Sandboxes", "Networks", "Volumes", "ControlAPI", crypto, logging, nio,
            ]),

        // Dockerfile and context -> image, with containers and layers of this host.
        module(
            "Builds",
            [
                "CLinux", "Dockerfiles", "OCI", "StackModel", "Planning", "Kernel", "Blocking", "Images", "Networks",
                "ControlAPI", "Containers",
            ]),

        // Top.
        // Observe, plan, execute.
        module(
            "Orchestration",
            [
                "Addressing", "StableHashing", "OCI", "StackModel", "Planning", "Launching", "Kernel", "Cgroups",
                "Registries", "Images", "Sandboxes", "Networks", "Volumes", "ControlAPI", "Containers", "Dockerfiles",
                "Builds", crypto,
                logging, nio, nioPosix,
            ]),
        // HTTP on a unix socket: the supervisor as a process, and the tables of what it answers.
        module(
            "Serving",
            [
                "OCI", "Kernel", "Cgroups", "Sandboxes", "ControlAPI", "Containers", "Orchestration", logging, nio,
                nioPosix, nioHTTP1, serviceLifecycle,
            ]),
        // One file a command. It links no engine: what a command does to containers and images is the supervisor's work.
        module(
            "Commands",
            [
                "Diagnostics", "Addressing", "OCI", "Dockerfiles", "StackModel", "Templates", "Launching", "Kernel",
                "Blocking", "TarArchives", "StackFile", "ControlAPI", argumentParser, crypto,
            ]),
        // Inputs from a seed, the run over them, and what they are given to. Of the tests; no program for users links it.
        module("Fuzzing", ["Diagnostics", "Erofs", "Kernel", "LayerReading", "OCI", "Registries", "StackFile"]),

        // Executables.
        .executableTarget(
            name: "roost", dependencies: ["Commands"], swiftSettings: strict, linkerSettings: staticLinking),
        .executableTarget(
            name: "roost-supervisor", dependencies: ["Serving"], swiftSettings: strict, linkerSettings: staticLinking),
        .executableTarget(
            name: "roost-oci", dependencies: ["RuntimeCommands"], swiftSettings: strict, linkerSettings: staticLinking),
        .executableTarget(
            name: "roost-shim", dependencies: ["Launching", "Kernel", "Cgroups", "Hooks"], swiftSettings: strict,
            linkerSettings: shimLinking),
        .executableTarget(
            name: "roost-layer", dependencies: ["CArchive", "Erofs", "LayerReading"], swiftSettings: strict,
            linkerSettings: layerLinking),
        // `make fuzz`.
        .executableTarget(
            name: "roost-fuzz", dependencies: ["Fuzzing", "Kernel", argumentParser], swiftSettings: strict),

        // Tests. None depends on an executable: `swift build` makes those, and the tests find them beside themselves.
        tests("AddressingTests", ["Addressing"]),
        tests("DiagnosticsTests", ["Diagnostics"]),
        tests("StackModelTests", ["StackModel", "Addressing"]),
        tests("StackFileTests", ["StackFile", "Addressing", "Diagnostics", "StackModel"]),
        tests("OCITests", ["OCI"]),
        tests("DockerfilesTests", ["Dockerfiles", "Diagnostics", "OCI"]),
        tests("RegistriesTests", ["Registries", "OCI", "Kernel", crypto, nio, nioPosix, nioHTTP1]),
        tests("TarArchivesTests", ["TarArchives", "Kernel"]),
        tests("ImagesTests", ["Images", "Registries", "OCI", "Kernel", "Erofs", "LayerReading"]),
        tests("PlanningTests", ["Planning", "Addressing", "StackModel"]),
        tests("TemplatesTests", ["Templates"]),
        tests("LaunchingTests", ["Launching"]),
        tests("KernelTests", ["Kernel", "CLinux"]),
        tests("CgroupsTests", ["Cgroups", "Launching", "Kernel"]),
        tests("SandboxesTests", ["CSeccomp", "Sandboxes", "OCI", "Launching", "Kernel", "Cgroups"]),
        tests("ShimTests", ["OCI", "Launching", "Kernel", "Cgroups", "Sandboxes"]),
        tests("RuntimeCommandsTests", ["RuntimeCommands", "OCI", "Kernel"]),
        tests("NetworksTests", ["CLinux", "Networks", "Addressing", "Kernel", nio, nioPosix]),
        tests("VolumesTests", ["Volumes", "Kernel", "CLinux"]),
        tests(
            "ContainersTests",
            [
                "CLinux", "Containers", "Addressing", "StableHashing", "Networks", "OCI", "StackModel", "Planning",
                "Launching", "Kernel", "Sandboxes", "Images", "Volumes", "ControlAPI", logging, nioPosix,
            ]),
        tests("BuildsTests", ["CLinux", "Builds", "Dockerfiles", "Kernel", "OCI", "TarArchives"]),
        tests(
            "OrchestrationTests",
            [
                "Orchestration", "Addressing", "Containers", "OCI", "StackModel", "Planning", "Launching", "Kernel",
                "Images", "Volumes", "ControlAPI", "Dockerfiles", "Builds",
            ]),
        tests("ServingTests", ["Serving", "Orchestration", "OCI", "ControlAPI", "Kernel", nio, nioPosix, nioHTTP1]),
        tests(
            "CommandsTests",
            [
                "Commands", "Addressing", "ControlAPI", "Dockerfiles", "StackModel", "Launching", "Blocking", "Kernel",
                argumentParser, nio, nioPosix, nioHTTP1,
            ],
            exclude: ["Reference"]),
        tests("FuzzingTests", ["Fuzzing", "Kernel"]),
        tests("SystemTests", [], exclude: ["Fixtures"]),
    ],
    swiftLanguageModes: [.v6]
)

if isForLibFuzzer {
    package.targets.append(
        .executableTarget(
            name: "roost-libfuzzer", dependencies: ["Fuzzing", "Kernel"], swiftSettings: strict,
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]))
}
