import Blocking
import Glibc
import Kernel
import OCI
import Synchronization

/// One run of the unpacking process. It is dead and waited for when this object goes.
final class UnpackProcess: Sendable {
    private let process: ProcessDescriptor
    /// What the process has to say: its progress, its result, its failure.
    private let report: OwnedDescriptor
    private let limits: Unpacker.Limits
    /// Names the archive, and the image that it is for.
    private let what: String
    private let subject: String
    private let waited = Mutex(false)

    /// - Parameters:
    ///   - arguments: of the program.
    ///   - output: what the process has as descriptor 3.
    init(
        _ unpacker: Unpacker, _ arguments: [String], input: Int32, output: Int32?, what: String, subject: String
    ) throws {
        let pipe = try OwnedDescriptor.pipe()
        var spawn = Spawn(unpacker.executable, [unpacker.executable] + arguments, environment: [])
        spawn.standardStreams = (input, pipe.writing.number, pipe.writing.number)
        if let output { spawn.descriptors = [(own: output, child: 3)] }
        // An interrupt from the terminal is for the caller, who ends this one.
        spawn.newSession = true
        let pid: Int32
        do {
            pid = try spawn.start()
        } catch {
            throw ImageError(subject, .noUnpacker(error))
        }
        process = try Self.descriptor(of: pid)
        report = pipe.intoReading()
        limits = unpacker.limits
        self.what = what
        self.subject = subject
    }

    private static func descriptor(of pid: Int32) throws(KernelError) -> ProcessDescriptor {
        do throws(KernelError) {
            return try ProcessDescriptor(pid: pid)
        } catch {
            // Not waited for yet, so the pid can't be another process's.
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
            throw error
        }
    }

    deinit {
        guard !waited.withLock({ $0 }) else { return }
        // `try?`: it fails only if the process is gone and waited for, which is what this is for.
        try? process.signal(SIGKILL)
        _ = try? process.reap(blocking: true)
    }

    /// The process needs no more input: it has ended, or is about to.
    func hasEnded() throws -> Bool { try process.waitForEnd(milliseconds: 0) }

    /// Reads until the process ends. Whatever goes wrong, `deinit` ends it.
    func finish(_ cancellation: Cancellation) throws -> LayerResult {
        var said: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            try wait(cancellation)
            let count = try report.read(into: buffer)
            if count == 0 { break }
            said.append(contentsOf: buffer[..<count])
            // One line is what matters, and it is the last.
            if said.count > 16384 { said.removeFirst(said.count - 8192) }
        }
        return try judge(said)
    }

    private func wait(_ cancellation: Cancellation) throws {
        var polled = [
            pollfd(fd: report.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: cancellation.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let count = try check("poll", what) { Glibc.poll(&polled, 2, Int32(limits.idleSeconds) * 1000) }
        if count == 0 { throw ImageError(subject, .unpackTimedOut(subject: what, seconds: limits.idleSeconds)) }
        if polled[1].revents != 0 { throw CancellationError() }
    }

    /// The pipe is at its end, so the process has ended or is about to.
    private func judge(_ said: [UInt8]) throws -> LayerResult {
        let ending = try process.reap(blocking: true)
        waited.withLock { $0 = true }
        let line = String(decoding: said.split(separator: 0x0A).last ?? [], as: UTF8.self)
        switch ending {
        case .exited(0):
            guard let result = LayerResult(line: line) else {
                throw ImageError(subject, .unpack(subject: what, detail: "roost-layer is of another version"))
            }
            return result
        case .exited(3): throw ImageError(subject, .diskFull(path: what))
        case .exited, nil:
            let prefix = "roost-layer: "
            let reason = line.hasPrefix(prefix) ? String(line.dropFirst(prefix.count)) : line
            throw ImageError(subject, .unpack(subject: what, detail: reason))
        case .killed(let signal):
            throw ImageError(subject, .unpack(subject: what, detail: "roost-layer was ended by signal \(signal)"))
        }
    }
}

/// What came out of a layer's blob.
struct LayerResult: Sendable, Equatable {
    /// Digest of the uncompressed stream.
    let diffID: Digest
    /// Bytes of the uncompressed stream.
    let bytes: Int64
    /// Entries of the archive.
    let entries: Int
    /// Bytes of the image, or of the directory's files.
    let written: Int64

    /// From the process's last line: `done DIGEST BYTES ENTRIES WRITTEN`.
    init?(line: String) {
        let words = line.split(separator: " ")
        guard words.count == 5, words[0] == "done", let diffID = Digest(String(words[1])),
            let bytes = Int64(words[2]), let entries = Int(words[3]), let written = Int64(words[4])
        else { return nil }
        self.diffID = diffID
        self.bytes = bytes
        self.entries = entries
        self.written = written
    }
}
