import Glibc
import Kernel
import Launching

/// Notices that the supervisor died, and brings it back.
///
/// The supervisor holds a FIFO open for writing while it lives, so its death is a hang-up. A hang-up is reported as
/// long as it lasts, so from then on the FIFO is looked at in intervals until it clears. Whichever shim gets the start
/// lock starts a supervisor, and keeps the lock until that is ready or dead.
struct SupervisorWatch: ~Copyable {
    private let settings: MonitorSettings
    private var fifo: Int32 = -1
    private var isHungUp = false
    private var interval = Self.shortest
    private var lock: FileLock?
    private var lockedUntil: Int64 = 0
    /// To be polled for the end of a supervisor that this shim started; -1 for none.
    private(set) var child: Int32 = -1
    /// To be polled for what that one says when it is ready, or for its being dead before that; -1 for none.
    private(set) var readiness: Int32 = -1

    /// Milliseconds between two looks.
    private static let shortest: Int32 = 50
    private static let longest: Int32 = 1000
    /// How long a supervisor may take to be ready; others may start one more then.
    private static let patience: Int64 = 10_000
    /// The descriptor under which a supervisor finds its end of the pipe.
    private static let readyDescriptor: Int32 = 3

    init(_ settings: MonitorSettings) {
        self.settings = settings
        guard !settings.supervisorFIFO.isEmpty else { return }
        // Without the FIFO there is nothing to watch.
        if let opened = try? OwnedDescriptor(open: settings.supervisorFIFO, [.readOnly, .nonBlocking]) {
            fifo = opened.release()
            // A reader is told of a hang-up only once there has been a writer since it came: should the supervisor have
            // died in the meantime, this one's going is the hang-up.
            _ = try? OwnedDescriptor(open: settings.supervisorFIFO, [.writeOnly, .nonBlocking])
        }
    }

    /// To be polled for a hang-up; -1 while one lasts.
    var descriptor: Int32 { isHungUp ? -1 : fifo }
    /// For `poll`: for ever, unless a hang-up lasts.
    var timeout: Int32 { isHungUp ? interval : -1 }

    mutating func reapChild() {
        // It has ended: its status means nothing here.
        _ = try? ProcessDescriptor(taking: OwnedDescriptor(taking: child)).reap(blocking: false)
        child = -1
    }

    /// The supervisor that this shim started is ready, or dead: either way it holds nobody up any more.
    mutating func endStart() {
        if readiness >= 0 { close(readiness) }
        readiness = -1
        lock = nil
    }

    /// Called after each poll.
    mutating func advance(hungUp: Bool) {
        guard fifo >= 0, hungUp || isHungUp else { return }
        guard stillHungUp() else { return clear() }
        if !isHungUp {
            isHungUp = true
            interval = Self.shortest
        } else {
            interval = min(interval * 2, Self.longest)
        }
        if readiness >= 0 && monotonicMilliseconds() < lockedUntil { return }
        endStart()
        guard isInPlace() else { return forget() }
        startSupervisor()
    }

    private func stillHungUp() -> Bool {
        var entry = pollfd(fd: fifo, events: 0, revents: 0)
        return poll(&entry, 1, 0) > 0 && entry.revents & Int16(POLLHUP) != 0
    }

    private mutating func clear() {
        isHungUp = false
        endStart()
    }

    /// Whether the FIFO is the one that the path leads to: the whole instance may have been removed.
    private func isInPlace() -> Bool {
        var held = stat()
        var named = stat()
        return fstat(fifo, &held) == 0 && stat(settings.supervisorFIFO, &named) == 0
            && held.st_ino == named.st_ino && held.st_dev == named.st_dev
    }

    private mutating func forget() {
        close(fifo)
        fifo = -1
        clear()
    }

    private mutating func startSupervisor() {
        guard let executable = settings.supervisorCommand.first, child < 0 else { return }
        // A lock that can't be had at all (no such directory) is like one that another shim has.
        guard let taken = try? FileLock.take(ifFree: settings.supervisorLock) else { return }
        // Without a pipe it can't be told when the lock may be given back, so it is given back at once.
        guard let pipe = try? OwnedDescriptor.pipe() else { return }
        var spawn = Spawn(executable, settings.supervisorCommand)
        spawn.descriptors = [(pipe.writing.number, Self.readyDescriptor)]
        spawn.newSession = true
        // An executable that is being replaced right now is there at the next attempt.
        guard let pid = try? spawn.start() else { return }
        lock = consume taken
        lockedUntil = monotonicMilliseconds() + Self.patience
        readiness = pipe.intoReading().release()
        child = (try? ProcessDescriptor(pid: pid).intoDescriptor().release()) ?? -1
    }
}
