import Glibc
import Kernel
import Launching
import Testing

/// A running container, ended with the value.
final class RunningContainer {
    let fixture: ShimFixture
    let shim: StartedShim

    init(_ change: (inout LaunchProgram) -> Void = { _ in }) throws {
        fixture = try ShimFixture()
        shim = try StartedShim(fixture, fixture.program(["sleep", "1000"], change))
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
        var program = ExecProgram(
            container: fixture.name, target: try #require(shim.answer.pid),
            targetStartTime: try #require(shim.answer.startTime), cgroup: fixture.cgroup,
            process: fixture.program(arguments).process)
        change(&program)
        let wire = try OwnedDescriptor.memory("program", content: program.wire)
        let standardInput = try OwnedDescriptor.memory("input", content: Array(input.utf8))
        let output = try OwnedDescriptor.memory("output")
        let errors = try OwnedDescriptor.memory("errors")
        var spawn = Spawn(ShimFixture.shim, [ShimFixture.shim, "exec"])
        spawn.descriptors = [(wire.number, 3)]
        // What a careless caller has open, by every low number.
        let open = try directory.map { try OwnedDescriptor(open: $0, .directory).release() }
        defer { if let open { close(open) } }
        if let open { spawn.descriptors += (4...20).map { (open, $0) } }
        spawn.standardStreams = (standardInput.number, output.number, errors.number)
        let process = try ProcessDescriptor(pid: try spawn.start())
        guard try process.waitForEnd(milliseconds: 20_000) else {
            try process.signal(SIGKILL)
            throw KernelError("wait for", "exec", errno: ETIMEDOUT)
        }
        lseek(output.number, 0, SEEK_SET)
        lseek(errors.number, 0, SEEK_SET)
        return (
            try process.reap(blocking: true)?.code, String(decoding: try output.readAll(), as: UTF8.self),
            String(decoding: try errors.readAll(), as: UTF8.self)
        )
    }
}
