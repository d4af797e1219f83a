import ControlAPI
import Glibc
import Kernel

/// Brings a supervisor up where none listens.
///
/// Commands that come at the same time wait for each other at the start lock, and whoever comes second finds the
/// first one's supervisor. Nothing depends on that lock: a supervisor that is one too many finds the other by itself.
/// Readiness is an event: the supervisor holds the writing end of a pipe and writes a byte once requests are answered.
struct SupervisorStart: Sendable {
    /// The descriptor under which the supervisor finds its end of the pipe.
    static let readyDescriptor: Int32 = 3
    /// How long a supervisor may take to listen.
    static let timeoutMilliseconds: Int32 = 10_000
    /// How long others' starts are waited for, before this command starts a supervisor all the same.
    static let patience: Int32 = 5_000
    /// How often a supervisor that was killed is started again.
    private static let attempts = 3
    private static let largestLog = 1 << 20
    private static let shownLogLines = 10
    private static let shownLogBytes = 16 << 10

    let locations: Locations
    var program = InstalledPrograms.path("roost-supervisor")

    /// Returns when a supervisor listens.
    func run() throws(CommandFailure) {
        do {
            try Files.makeDirectories(locations.runRoot, mode: 0o711)
            let turn = try LockWait.wait(
                for: locations.startLock, orListeningAt: locations.socket, milliseconds: Self.patience)
            switch consume turn {
            case .answered: return
            case .abandoned: return
            case .locked(let lock):
                defer { withExtendedLifetime(lock) {} }
                try start()
            case .timedOut: try start()
            }
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure("the supervisor could not be started: \(error)")
        }
    }

    /// Starts one, whoever else may do the same.
    func start() throws {
        for attempt in 1...Self.attempts {
            if UnixSocket.isAnswered(at: locations.socket) { return }
            let started = try spawn()
            if try isReady(started.pipe) || UnixSocket.isAnswered(at: locations.socket) { return }
            guard try wasKilled(started.pid), attempt < Self.attempts else { break }
        }
        throw CommandFailure("the supervisor could not start\(logTail())")
    }

    /// Whether a signal ended the child, which has closed its end of the pipe: then it is not to blame.
    private func wasKilled(_ pid: Int32) throws -> Bool {
        let process = try ProcessDescriptor(pid: pid)
        guard try process.waitForEnd(milliseconds: 1000), case .killed? = try process.reap(blocking: false)
        else { return false }
        return true
    }

    /// Starts the supervisor and returns the pipe that tells of its readiness.
    private func spawn() throws -> Started {
        let log = try openLog()
        let pipe = try OwnedDescriptor.pipe()
        var spawn = Spawn(
            program,
            [
                "roost-supervisor", "--root", locations.root, "--run-root", locations.runRoot, "--ready-fd",
                String(Self.readyDescriptor),
            ])
        spawn.standardStreams = (nil, log.number, log.number)
        spawn.descriptors = [(pipe.writing.number, Self.readyDescriptor)]
        spawn.newSession = true
        do throws(KernelError) {
            // One that lives on isn't reaped here: this command ends before the supervisor does.
            let pid = try spawn.start()
            return Started(pid: pid, pipe: pipe.intoReading())
        } catch {
            throw CommandFailure("\(error); roost-supervisor belongs beside roost or into ROOST_LIBEXEC")
        }
    }

    private func openLog() throws(KernelError) -> OwnedDescriptor {
        let log = try OwnedDescriptor(open: locations.supervisorLog, [.writeOnly, .create, .append])
        if lseek(log.number, 0, SEEK_END) > Self.largestLog {
            try check("shorten", locations.supervisorLog) { ftruncate(log.number, 0) }
        }
        return log
    }

    /// Whether the supervisor says that it is ready; if not, it has ended.
    private func isReady(_ reading: borrowing OwnedDescriptor) throws -> Bool {
        guard try reading.waitReadable(milliseconds: Self.timeoutMilliseconds) else {
            throw CommandFailure(
                "the supervisor was not ready within \(Self.timeoutMilliseconds / 1000) s\(logTail())")
        }
        var byte: UInt8 = 0
        return try withUnsafeMutableBytes(of: &byte) { try reading.read(into: $0) } == 1
    }

    /// What the supervisor wrote last, as further lines of a message.
    private func logTail() -> String {
        let path = locations.supervisorLog
        do {
            let log = try OwnedDescriptor(open: path)
            if lseek(log.number, 0, SEEK_END) > Self.shownLogBytes {
                lseek(log.number, -Self.shownLogBytes, SEEK_END)
            } else {
                lseek(log.number, 0, SEEK_SET)
            }
            let lines = String(decoding: try log.readAll(), as: UTF8.self).split(separator: "\n")
            guard !lines.isEmpty else { return "; it wrote nothing to \(path)" }
            let shown = lines.suffix(Self.shownLogLines).map { "  \($0)" }
            return "; the end of \(path):\n" + shown.joined(separator: "\n")
        } catch {
            return "; its log can't be read (\(error))"
        }
    }
}

/// A supervisor that was just started, and what tells of its readiness.
private struct Started: ~Copyable {
    let pid: Int32
    let pipe: OwnedDescriptor
}
