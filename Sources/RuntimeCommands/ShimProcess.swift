import FoundationEssentials
import Glibc
import Kernel
import Launching

/// `roost-shim`, which makes a process for somebody else to watch and leaves.
enum ShimProcess {
    /// - Parameters:
    ///   - mode: `launch` or `exec`.
    ///   - descriptors: how many of the caller's, from 3 on, the process gets.
    /// - Throws: `LaunchFailure`; everything that was made has been undone.
    static func start(_ mode: String, _ program: [UInt8], descriptors: UInt32) throws -> LaunchSuccess {
        let path = InstalledPrograms.path("roost-shim")
        let number = Int32(descriptors) + 3
        let input = try OwnedDescriptor.memory("program", content: program)
        let pipe = try OwnedDescriptor.pipe()
        var spawn = Spawn(path, ["roost-shim", mode, "\(number)"])
        spawn.standardStreams = (0, 1, 2)
        spawn.descriptors =
            (3..<number).map { ($0, $0) } + [(input.number, number), (pipe.writing.number, number + 1)]
        let pid = try SealedExecutable(path).start(spawn)
        let report = try pipe.intoReading().readAll(limit: 64 << 10)
        // It has said all that it had to say, and ends.
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        if let success = try? JSONDecoder().decode(Success.self, from: Data(report)) { return success.value }
        // An unreadable report is a shim that was killed.
        guard let failure = try? JSONDecoder().decode(Failure.self, from: Data(report)) else {
            throw RuntimeFailure("roost-shim ended before the process started")
        }
        throw RuntimeFailure(failure.error, code: failure.code == 126 || failure.code == 127 ? failure.code : 1)
    }

    private struct Success: Decodable {
        var pid: Int32
        var startTime: UInt64

        var value: LaunchSuccess { LaunchSuccess(pid: pid, startTime: startTime, shim: 0, shimStartTime: 0) }
    }

    private struct Failure: Decodable {
        var error: String
        var code: Int32
    }
}
