import Glibc
import Kernel
import OCI

/// One run of the unpacking process. It is dead and waited for when this value goes.
struct UnpackProcess: ~Copyable {
    private let process: ProcessDescriptor
    /// The uncompressed stream, and what the process has to say.
    private let stream: OwnedDescriptor
    private let messages: OwnedDescriptor
    private let limits: Unpacker.Limits
    /// Names the archive, and the image that it is for.
    private let what: String
    private let subject: String
    private var waited = false

    init(
        _ unpacker: Unpacker, _ form: Unpacker.Form, _ directory: String, input: Int32, what: String, subject: String
    ) throws {
        let streamPipe = try OwnedDescriptor.pipe()
        let messagePipe = try OwnedDescriptor.pipe()
        // A larger pipe lets the two processes run side by side; without it they only take turns more often. 1031 is
        // F_SETPIPE_SZ, which the C library shows under _GNU_SOURCE only.
        _ = fcntl(streamPipe.writing.number, 1031, 1 << 20)
        var spawn = Spawn(unpacker.executable, [unpacker.executable, form.rawValue, directory], environment: [])
        spawn.standardStreams = (input, nil, messagePipe.writing.number)
        spawn.descriptors = [(own: streamPipe.writing.number, child: 3)]
        // An interrupt from the terminal is for the caller, who ends this one.
        spawn.newSession = true
        let pid: Int32
        do {
            pid = try spawn.start()
        } catch {
            throw ImageError(subject, .noUnpacker(error))
        }
        do {
            process = try ProcessDescriptor(pid: pid)
        } catch {
            // Not waited for yet, so the pid can't be another process's.
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
            throw error
        }
        stream = streamPipe.intoReading()
        messages = messagePipe.intoReading()
        limits = unpacker.limits
        self.what = what
        self.subject = subject
    }

    deinit {
        guard !waited else { return }
        // `try?`: it fails only if the process is gone and waited for, which is what this is for.
        try? process.signal(SIGKILL)
        _ = try? process.reap(blocking: true)
    }

    /// Reads until the process ends, and returns the digest of the stream. Whatever goes wrong, `deinit` ends it.
    mutating func finish(_ algorithm: Digest.Algorithm, _ cancellation: Cancellation) throws -> Digest {
        var hasher = DigestHasher(algorithm)
        var message: [UInt8] = []
        var received: Int64 = 0
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        var open: (stream: Bool, messages: Bool) = (true, true)
        while open.stream || open.messages {
            let ready = try poll(open, cancellation)
            if ready.stream {
                let count = try stream.read(into: buffer)
                hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                received += Int64(count)
                open.stream = count > 0
                guard received <= limits.streamBytes else {
                    throw ImageError(subject, .tooLarge(subject: what, limit: limits.streamBytes))
                }
            }
            if ready.messages {
                let count = try messages.read(into: buffer)
                // One line is all that is said; more is not kept.
                message.append(contentsOf: buffer[..<min(count, max(0, 4096 - message.count))])
                open.messages = count > 0
            }
        }
        try judge(message)
        return hasher.finalize()
    }

    private func poll(
        _ open: (stream: Bool, messages: Bool), _ cancellation: Cancellation
    ) throws -> (stream: Bool, messages: Bool) {
        // A negative descriptor is one that isn't looked at.
        var polled = [
            pollfd(fd: open.stream ? stream.number : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: open.messages ? messages.number : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: cancellation.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let count = try check("poll", what) { Glibc.poll(&polled, 3, Int32(limits.idleSeconds) * 1000) }
        if count == 0 { throw ImageError(subject, .unpackTimedOut(subject: what, seconds: limits.idleSeconds)) }
        if polled[2].revents != 0 { throw CancellationError() }
        return (polled[0].revents != 0, polled[1].revents != 0)
    }

    /// Both pipes are at their end, so the process has ended or is about to.
    private mutating func judge(_ message: [UInt8]) throws {
        let ending = try process.reap(blocking: true)
        waited = true
        let line = String(decoding: message.prefix { $0 != 0x0A }, as: UTF8.self)
        let said = line.hasPrefix("roost-layer: ") ? String(line.dropFirst(13)) : line
        switch ending {
        case .exited(0): return
        case .exited(3): throw ImageError(subject, .diskFull(path: what))
        case .exited, nil: throw ImageError(subject, .unpack(subject: what, detail: said))
        case .killed(let signal):
            throw ImageError(subject, .unpack(subject: what, detail: "roost-layer was ended by signal \(signal)"))
        }
    }
}
