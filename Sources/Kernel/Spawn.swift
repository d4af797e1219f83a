import CLinux
import Glibc

/// A program to start as a child, from a process with any number of threads (`man 3 posix_spawn`).
public struct Spawn: Sendable {
    /// A path; it is not looked up in PATH.
    public var executable: String
    /// The first is the program's own name.
    public var arguments: [String]
    /// `KEY=value`; nil hands on the caller's.
    public var environment: [String]?
    /// Descriptors of the caller for standard input, output and error; nil is /dev/null.
    public var standardStreams: (input: Int32?, output: Int32?, error: Int32?) = (nil, nil, nil)
    /// Further descriptors: the caller's number, and the child's (3 or more). All others are closed in the child.
    public var descriptors: [(own: Int32, child: Int32)] = []
    /// A session of its own, so that no terminal's signals reach it.
    public var newSession = false

    public init(_ executable: String, _ arguments: [String], environment: [String]? = nil) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
    }

    /// Starts the program; the caller has to wait for the pid some time.
    public func start() throws(KernelError) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let lifted = try lift()
        defer { lifted.forEach { close($0.own) } }
        addStreams(to: &actions)
        addDescriptors(lifted, to: &actions)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        setAttributes(&attributes)
        return try spawn(&actions, &attributes)
    }

    /// Copies of the descriptors above all numbers that the child uses, so that none is overwritten before its turn.
    private func lift() throws(KernelError) -> [(own: Int32, child: Int32)] {
        let least = Swift.max(3, (descriptors.map(\.child).max() ?? 2) + 1)
        var lifted: [(own: Int32, child: Int32)] = []
        for entry in descriptors {
            let copy = fcntl(entry.own, F_DUPFD_CLOEXEC, least)
            guard copy >= 0 else {
                let reason = lastError()
                lifted.forEach { close($0.own) }
                throw KernelError("duplicate descriptor", "\(entry.own)", errno: reason)
            }
            lifted.append((copy, entry.child))
        }
        return lifted
    }

    private func addStreams(to actions: inout posix_spawn_file_actions_t) {
        let streams = [standardStreams.input, standardStreams.output, standardStreams.error]
        for (number, stream) in zip(Int32(0)..., streams) {
            if let stream {
                posix_spawn_file_actions_adddup2(&actions, stream, number)
            } else {
                posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
            }
        }
    }

    private func addDescriptors(
        _ lifted: [(own: Int32, child: Int32)], to actions: inout posix_spawn_file_actions_t
    ) {
        let used = Set(lifted.map(\.child))
        let end = (used.max() ?? 2) + 1
        for number in 3..<Swift.max(3, end) where !used.contains(number) {
            posix_spawn_file_actions_addclose(&actions, number)
        }
        for entry in lifted {
            posix_spawn_file_actions_adddup2(&actions, entry.own, entry.child)
        }
        clinux_spawn_close_from(&actions, Swift.max(3, end))
    }

    private func setAttributes(_ attributes: inout posix_spawnattr_t) {
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        let session: Int32 = 0x80
        let flags = Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK) | (newSession ? session : 0)
        posix_spawnattr_setflags(&attributes, Int16(flags))
    }

    private func spawn(
        _ actions: inout posix_spawn_file_actions_t, _ attributes: inout posix_spawnattr_t
    ) throws(KernelError) -> Int32 {
        let arguments = CStrings(arguments)
        let environment = environment.map(CStrings.init)
        var pid: pid_t = 0
        let result = posix_spawn(
            &pid, executable, &actions, &attributes, arguments.pointer, environment?.pointer ?? environ)
        guard result == 0 else { throw KernelError("start", executable, errno: result) }
        return pid
    }
}

/// A null-terminated array of C strings, as `execve` wants it.
public final class CStrings {
    public let pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    public init(_ strings: [String]) {
        count = strings.count
        pointer = .allocate(capacity: count + 1)
        for (index, string) in strings.enumerated() {
            (pointer + index).initialize(to: strdup(string))
        }
        (pointer + count).initialize(to: nil)
    }

    deinit {
        for index in 0..<count { free(pointer[index]) }
        pointer.deallocate()
    }
}
