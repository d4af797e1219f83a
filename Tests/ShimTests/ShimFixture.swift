import Cgroups
import FoundationEssentials
import Glibc
import Kernel
import Launching
import OCI
import Sandboxes

/// A directory with a small image made of busybox, and what is needed to launch containers of it with the real shim.
final class ShimFixture: Sendable {
    let directory: String
    let name: String

    static let busybox = "/bin/busybox"
    /// Why the tests that launch containers can't run here; nil if they can.
    static let obstacle: String? =
        if geteuid() != 0 {
            "needs root"
        } else if !Files.exists(busybox) {
            "needs busybox-static"
        } else if !Files.exists(shim) {
            "needs the roost-shim executable beside the tests"
        } else {
            nil
        }

    /// The shim that was built with the tests, or the one that ROOST_SHIM names.
    static let shim: String = {
        if let named = getenv("ROOST_SHIM") { return String(cString: named) }
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let path = String(decoding: buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        return path.split(separator: "/").dropLast().reduce(into: "") { $0 += "/\($1)" } + "/roost-shim"
    }()

    init() throws {
        name = "t\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        directory = "/tmp/roost-shim-test-\(name)"
        for part in ["lower/bin", "lower/etc", "lower/tmp", "upper", "work", "rootfs", "run"] {
            try Files.makeDirectories("\(directory)/\(part)")
        }
        let binary = try Files.read(Self.busybox)
        try Files.replace("\(directory)/lower/bin/busybox", with: binary, mode: 0o755)
        for applet in [
            "sh", "cat", "id", "sleep", "echo", "true", "ls", "stat", "seq", "stty", "tty", "ps", "env",
            "mknod", "dd", "pwd",
        ] {
            symlink("busybox", "\(directory)/lower/bin/\(applet)")
        }
        try Files.replace("\(directory)/lower/bin/plain", with: Array("no program".utf8), mode: 0o644)
        try Files.replace("\(directory)/lower/bin/orphan", with: Array("#!/no/such/interpreter\n".utf8), mode: 0o755)
    }

    deinit {
        // A test's directory that stays behind in /tmp is no failure of what is tested.
        try? FileManager.default.removeItem(atPath: directory)
    }

    var cgroup: String { "roost-test-\(name)/c" }
    var log: String { "\(directory)/run/container.log" }

    /// A program as the engine makes it, in small.
    func program(
        _ arguments: [String], _ change: (inout LaunchProgram) throws -> Void = { _ in }
    ) throws -> LaunchProgram {
        let noAccess: MountFlags = [.noSUID, .noDevices, .noExecute]
        var program = LaunchProgram(
            container: name,
            outside: [.newNetwork],
            cgroup: try limits(),
            inside: [
                .privatePropagation,
                .overlayRoot(
                    lower: ["\(directory)/lower"], upper: "\(directory)/upper", work: "\(directory)/work",
                    target: "\(directory)/rootfs", noDevices: true),
                .mount(type: "proc", source: "proc", target: "/proc", flags: noAccess, data: ""),
                .mount(
                    type: "tmpfs", source: "tmpfs", target: "/dev", flags: [.noSUID, .noDevices, .strictAccessTime],
                    data: "mode=755,size=65536k"),
                .mount(
                    type: "devpts", source: "devpts", target: "/dev/pts", flags: [.noSUID, .noExecute],
                    data: "newinstance,ptmxmode=0666,mode=0620,gid=5"),
                .symbolicLink(target: "pts/ptmx", path: "/dev/ptmx"),
                .mount(type: "mqueue", source: "mqueue", target: "/dev/mqueue", flags: noAccess, data: ""),
                .mount(type: "sysfs", source: "sysfs", target: "/sys", flags: [noAccess, .readOnly], data: ""),
                .device(path: "/dev/null", major: 1, minor: 3, mode: 0o666),
                .device(path: "/dev/zero", major: 1, minor: 5, mode: 0o666),
                .symbolicLink(target: "/proc/self/fd", path: "/dev/fd"),
                .symbolicLink(target: "/proc/self/fd/1", path: "/dev/stdout"),
                .pivotRoot,
                .hostname("box"),
                .mask("/proc/kcore"), .mask("/proc/acpi"), .mask("/sys/firmware"), .readOnly("/proc/sys"),
            ],
            process: ProcessSettings(
                arguments: arguments, environment: ["PATH=/bin:/usr/bin"],
                capabilities: CapabilitySets(
                    bounding: Self.capabilities, effective: Self.capabilities, permitted: Self.capabilities)),
            monitor: MonitorSettings(
                runDirectory: "\(directory)/run", logPath: "\(directory)/run/container.log", bundle: directory))
        try change(&program)
        return program
    }

    /// The groups of this host, with limits.
    func limits(_ change: (inout RuntimeConfiguration.Resources) -> Void = { _ in }) throws -> CgroupProgram {
        var resources = RuntimeConfiguration.Resources()
        change(&resources)
        return try CgroupCompiler(CgroupHierarchies.survey()).program(cgroup, resources)
    }

    /// Docker's default set.
    static let capabilities: UInt64 = [0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31].reduce(0) { $0 | 1 << $1 }
}

/// What the shim says about a launch.
struct LaunchAnswer: Decodable, Equatable {
    var pid: Int32?
    var startTime: UInt64?
    var shim: Int32?
    var shimStartTime: UInt64?
    var error: String?
    var step: String?
    var code: Int32?
    var errno: Int32?
}

/// The file `exit`.
struct ExitRecord: Decodable, Equatable {
    var code: Int32
    var signal: Int32
    var oomKilled: Bool
    var startedNanoseconds: UInt64
    var finishedNanoseconds: UInt64
}

/// A shim that was started.
final class StartedShim {
    let answer: LaunchAnswer
    let process: ProcessDescriptor
    private let fixture: ShimFixture

    /// Starts the shim with the program and reads its answer.
    /// - Parameters:
    ///   - wrapper: a command that executes the shim, such as `unshare -n`.
    ///   - shim: another executable than the one that was built.
    init(
        _ fixture: ShimFixture, _ program: LaunchProgram, wrapper: [String] = [], shim: String = ShimFixture.shim
    ) throws {
        self.fixture = fixture
        let input = try OwnedDescriptor.memory("program", content: program.wire)
        let report = try OwnedDescriptor.pipe()
        let words = wrapper + [shim, "launch"]
        var spawn = Spawn(words[0], words)
        spawn.descriptors = [(input.number, 3), (report.writing.number, 4)]
        process = try ProcessDescriptor(pid: try spawn.start())
        let bytes = try report.intoReading().readAll()
        answer = try JSONDecoder().decode(LaunchAnswer.self, from: Data(bytes))
    }

    /// Waits for the shim's end and reads how the container ended.
    func exit() throws -> ExitRecord {
        guard try process.waitForEnd(milliseconds: 20_000) else {
            try process.signal(SIGKILL)
            throw KernelError("wait for the container of", fixture.name, errno: ETIMEDOUT)
        }
        let content = try Files.read("\(fixture.directory)/run/exit")
        return try JSONDecoder().decode(ExitRecord.self, from: Data(content))
    }

    /// The container's output so far, without the log's frame.
    func output(_ stream: String = "stdout") throws -> String {
        try Self.records(fixture.log).filter { $0.stream == stream }.map(\.log).joined()
    }

    struct Record: Decodable {
        var log: String
        var stream: String
        var time: String
    }

    static func records(_ path: String) throws -> [Record] {
        guard Files.exists(path) else { return [] }
        return try Files.readText(path).split(separator: "\n").map {
            try JSONDecoder().decode(Record.self, from: Data($0.utf8))
        }
    }

    /// Ends the container.
    func kill() throws {
        guard let pid = answer.pid, let startTime = answer.startTime else { return }
        try ProcessDescriptor(ProcessIdentity(pid: pid, startTime: startTime)).signal(SIGKILL)
    }
}
