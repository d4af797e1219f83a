import ControlAPI
import Glibc
import Kernel

/// Brings a supervisor up where none listens.
///
/// Commands that come at the same time wait for each other at the start lock, and whoever comes second finds the
/// first one's supervisor. Readiness is an event: the supervisor holds the writing end of a pipe and writes a byte
/// once it listens.
struct SupervisorStart: Sendable {
    /// The descriptor under which the supervisor finds its end of the pipe.
    static let readyDescriptor: Int32 = 3
    /// How long a supervisor may take to listen.
    static let timeoutMilliseconds: Int32 = 10_000
    private static let largestLog = 1 << 20
    private static let shownLogLines = 10
    private static let shownLogBytes = 16 << 10

    let locations: Locations
    var program = InstalledPrograms.path("roost-supervisor")

    /// Returns when a supervisor listens.
    func run() throws(CommandFailure) {
        do {
            try Files.makeDirectories(locations.runRoot, mode: 0o711)
            // Whoever holds the lock gives up after the time-out, so that this wait ends, too.
            let lock = try FileLock(locations.startLock)
            defer { withExtendedLifetime(lock) {} }
            if isListening() { return }
            try awaitReadiness(try spawn())
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure("the supervisor could not be started: \(error)")
        }
    }

    /// Starts the supervisor and returns the pipe that tells of its readiness.
    private func spawn() throws -> OwnedDescriptor {
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
            // Nobody reaps it here: this command ends before the supervisor does.
            _ = try spawn.start()
        } catch {
            throw CommandFailure("\(error); roost-supervisor belongs beside roost or into ROOST_LIBEXEC")
        }
        return pipe.intoReading()
    }

    private func openLog() throws(KernelError) -> OwnedDescriptor {
        let log = try OwnedDescriptor(open: locations.supervisorLog, [.writeOnly, .create, .append])
        if lseek(log.number, 0, SEEK_END) > Self.largestLog {
            try check("shorten", locations.supervisorLog) { ftruncate(log.number, 0) }
        }
        return log
    }

    private func awaitReadiness(_ reading: consuming OwnedDescriptor) throws {
        guard try reading.waitReadable(milliseconds: Self.timeoutMilliseconds) else {
            throw CommandFailure(
                "the supervisor was not ready within \(Self.timeoutMilliseconds / 1000) s\(logTail())")
        }
        var byte: UInt8 = 0
        let count = try withUnsafeMutableBytes(of: &byte) { try reading.read(into: $0) }
        guard count == 1 else { throw CommandFailure("the supervisor could not start\(logTail())") }
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

    private func isListening() -> Bool {
        do {
            _ = try UnixSocket(connectingTo: locations.socket)
            return true
        } catch {
            return false
        }
    }
}
