import FoundationEssentials
import Glibc
public import Kernel
public import Launching

/// `roost-shim`, as its callers see it: one process a container or further process, started with a program.
public struct Shim: Sendable {
    /// The path of the executable.
    public let executable: String
    /// `KEY=value`; a supervisor that a shim brings back gets it too.
    public let environment: [String]
    private let sealed: Sealed?

    private final class Sealed: Sendable {
        let executable: SealedExecutable

        init(_ path: String) throws(KernelError) { executable = try SealedExecutable(path) }
    }

    /// The file is taken as it is now: shims that are started later speak the wire form of this process, also when the
    /// file was replaced meanwhile.
    public init(executable: String, environment: [String] = []) {
        self.executable = executable
        self.environment = environment
        // `try?`: a shim that wasn't started from a sealed file seals itself, or says why it can't.
        sealed = try? Sealed(executable)
    }

    private func start(_ spawn: Spawn) throws(KernelError) -> Int32 {
        if let sealed { try sealed.executable.start(spawn) } else { try spawn.start() }
    }

    /// Starts a container and returns when its command has been executed.
    ///
    /// - Parameter lock: a locked file whose descriptor the shim keeps as long as it lives, so that others can tell
    ///   that a launch is under way.
    /// - Throws: `LaunchFailure` in the user's words; everything the launch made has been undone.
    public func launch(_ program: LaunchProgram, lock: borrowing OwnedDescriptor) async throws -> LaunchSuccess {
        let input = try OwnedDescriptor.memory("program", content: program.wire)
        let pipe = try OwnedDescriptor.pipe()
        var spawn = Spawn(executable, ["roost-shim", "launch"], environment: environment)
        spawn.newSession = true
        spawn.descriptors = [(input.number, 3), (pipe.writing.number, 4), (lock.number, 5)]
        let pid = try start(spawn)
        let process = try ProcessDescriptor(pid: pid)
        // Only the shim's copy of the writing end stays open.
        let reading = pipe.intoReading()
        let report = try await Self.read(reading, limit: 64 << 10)
        if let success = try? JSONDecoder().decode(SuccessReport.self, from: Data(report)) {
            // The shim goes on as the container's monitor; whoever watches it reaps it.
            return success.value
        }
        await Readiness.readable(process.descriptor.number)
        _ = try? process.reap(blocking: false)  // `try?`: it may be gone already, which is what is wanted.
        // An unreadable report is a shim that was killed while it launched.
        throw
            (try? JSONDecoder().decode(FailureReport.self, from: Data(report)))?.value
            ?? LaunchFailure("the shim of \(program.container) ended before the container started; start it again")
    }

    /// Runs a further process in a container to its end, or to the end of its time.
    ///
    /// - Parameter outputLimit: bytes that are kept of what it writes; the rest is read and dropped.
    /// - Returns: the exit code as ``ExecProgram`` defines it, and its output.
    public func run(_ program: ExecProgram, outputLimit: Int) async throws -> (code: Int32, output: [UInt8]) {
        let input = try OwnedDescriptor.memory("program", content: program.wire)
        let pipe = try OwnedDescriptor.pipe()
        var spawn = Spawn(executable, ["roost-shim", "exec"], environment: environment)
        spawn.newSession = true
        spawn.standardStreams = (nil, pipe.writing.number, pipe.writing.number)
        spawn.descriptors = [(input.number, 3)]
        let pid = try start(spawn)
        let process = try ProcessDescriptor(pid: pid)
        let reading = pipe.intoReading()
        try reading.setNonBlocking(true)
        let output = try await withTaskCancellationHandler {
            try await Self.drain(reading, limit: outputLimit, until: process)
        } onCancel: {
            kill(pid, SIGKILL)
        }
        let ending = try process.reap(blocking: true)
        return (ending?.code ?? 125, output)
    }

    /// What is written until the process ends, of which the first `limit` bytes are kept. What it started may go on and
    /// hold the pipe; nobody waits for that.
    private static func drain(
        _ descriptor: borrowing OwnedDescriptor, limit: Int, until process: borrowing ProcessDescriptor
    ) async throws(KernelError) -> [UInt8] {
        var content: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)
        defer { buffer.deallocate() }
        var isOpen = true
        while true {
            if isOpen {
                await Readiness.readable(descriptor.number, process.descriptor.number)
            } else {
                await Readiness.readable(process.descriptor.number)
            }
            let isOver = try process.waitForEnd(milliseconds: 0) || Task.isCancelled
            do throws(KernelError) {
                while isOpen {
                    let count = try descriptor.read(into: buffer)
                    isOpen = count > 0
                    content += buffer.prefix(min(count, max(0, limit - content.count)))
                }
            } catch  where error.errno == EAGAIN {
                // Read empty for now.
            }
            if isOver { return content }
        }
    }

    /// Everything until the last writer is gone, of which the first `limit` bytes are kept.
    private static func read(_ descriptor: borrowing OwnedDescriptor, limit: Int) async throws(KernelError) -> [UInt8] {
        var content: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)
        defer { buffer.deallocate() }
        while true {
            await Readiness.readable(descriptor.number)
            if Task.isCancelled { return content }
            let count = try descriptor.read(into: buffer)
            if count == 0 { return content }
            content += buffer.prefix(min(count, max(0, limit - content.count)))
        }
    }

    private struct SuccessReport: Decodable {
        var pid: Int32
        var startTime: UInt64
        var shim: Int32
        var shimStartTime: UInt64

        var value: LaunchSuccess {
            LaunchSuccess(pid: pid, startTime: startTime, shim: shim, shimStartTime: shimStartTime)
        }
    }

    private struct FailureReport: Decodable {
        var error: String
        var step: String
        var code: Int32
        var errno: Int32

        var value: LaunchFailure { LaunchFailure(error, step: step, code: code, errno: errno) }
    }
}
