import Glibc
import Kernel
import Launching
import OCI
import Testing

/// A running container, ended with the value.
final class RunningContainer {
    let fixture: ShimFixture
    let shim: StartedShim
    /// What enters the container.
    private let executable: String

    /// - Parameters:
    ///   - executable: another shim than the one that was built.
    ///   - image: adds to the image.
    init(
        executable: String = ShimFixture.shim, _ change: (inout LaunchProgram) -> Void = { _ in },
        limits: ((inout RuntimeConfiguration.Resources) -> Void)? = nil, image: (ShimFixture) throws -> Void = { _ in }
    ) throws {
        self.executable = executable
        fixture = try ShimFixture()
        try image(fixture)
        let fixture = fixture
        shim = try StartedShim(
            fixture,
            try fixture.program(["sleep", "1000"]) {
                change(&$0)
                if let limits { $0.cgroup = try fixture.limits(limits) }
            }, shim: executable)
        try #require(shim.answer.error == nil, "\(shim.answer)")
    }

    func end() throws {
        try shim.kill()
        _ = try shim.exit()
        try expectNothingLeft(fixture)
    }

    func execute(
        _ arguments: [String], input: String = "", inheriting directory: String? = nil,
        _ change: (inout ExecProgram) -> Void = { _ in }
    ) throws -> (code: Int32?, output: String, errors: String) {
        let standardInput = try OwnedDescriptor.memory("input", content: Array(input.utf8))
        let output = try OwnedDescriptor.memory("output")
        let errors = try OwnedDescriptor.memory("errors")
        // What a careless caller has open, by every low number.
        let open = try directory.map { try OwnedDescriptor(open: $0, .directory).release() }
        defer { if let open { close(open) } }
        let process = try enter(
            arguments, (standardInput.number, output.number, errors.number),
            further: open.map { open in (4...20).map { (open, $0) } } ?? [], change)
        let code = try Self.code(of: process)
        lseek(output.number, 0, SEEK_SET)
        lseek(errors.number, 0, SEEK_SET)
        return (
            code, String(decoding: try output.readAll(), as: UTF8.self),
            String(decoding: try errors.readAll(), as: UTF8.self)
        )
    }

    /// Starts a further process with standard streams of the test's.
    func enter(
        _ arguments: [String], _ streams: (input: Int32?, output: Int32?, error: Int32?),
        further: [(own: Int32, child: Int32)] = [], _ change: (inout ExecProgram) -> Void = { _ in }
    ) throws -> ProcessDescriptor {
        var program = ExecProgram(
            container: fixture.name, target: try #require(shim.answer.pid),
            targetStartTime: try #require(shim.answer.startTime), cgroup: fixture.cgroup,
            process: try fixture.program(arguments).process)
        program.process.openStandardInput = true
        change(&program)
        let wire = try OwnedDescriptor.memory("program", content: program.wire)
        var spawn = Spawn(executable, ["roost-shim", "exec"])
        spawn.descriptors = [(wire.number, 3)] + further
        spawn.standardStreams = streams
        return try ProcessDescriptor(pid: try spawn.start())
    }

    /// How a further process has ended, if it did so in time.
    static func code(of process: borrowing ProcessDescriptor) throws -> Int32? {
        guard try process.waitForEnd(milliseconds: 20_000) else {
            try process.signal(SIGKILL)
            throw KernelError("wait for", "exec", errno: ETIMEDOUT)
        }
        return try process.reap(blocking: true)?.code
    }
}
