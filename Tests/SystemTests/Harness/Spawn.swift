import Foundation
import Glibc
import Synchronization
import Testing

/// A child process of the tests, with a pipe to its standard input and one from its standard output.
///
/// Descriptors are close-on-exec, so that no other child keeps them open: the child sees the end of its input in the
/// moment in which the tests end, however they end.
struct Child: ~Copyable {
    let process: pid_t
    private let input: Int32
    private let output: Int32

    /// One child starts at a time: between `pipe` and `fcntl` another one would inherit the descriptors.
    private static let starting = Mutex(())

    init(_ arguments: [String]) throws {
        self = try Self.starting.withLock { _ in try Self(alone: arguments) }
    }

    private init(alone arguments: [String]) throws {
        let toChild = try Self.pipe()
        let fromChild = try Self.pipe()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, toChild.read, 0)
        posix_spawn_file_actions_adddup2(&actions, fromChild.write, 1)
        let words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        var child: pid_t = 0
        var attributes = Self.attributes()
        defer { posix_spawnattr_destroy(&attributes) }
        let failure = posix_spawnp(&child, arguments[0], &actions, &attributes, words, environ)
        close(toChild.read)
        close(fromChild.write)
        guard failure == 0 else {
            close(toChild.write)
            close(fromChild.read)
            throw SpawnFailure(description: "can't start \(arguments[0]): \(String(cString: strerror(failure)))")
        }
        (process, input, output) = (child, toChild.write, fromChild.read)
    }

    deinit {
        close(input)
        close(output)
    }

    /// Writes one line to the child; requests are far smaller than a pipe's buffer, so this doesn't block.
    func send(_ line: String) throws {
        let bytes = Array((line + "\n").utf8)
        guard write(input, bytes, bytes.count) == bytes.count else {
            throw SpawnFailure(description: "the test's host is gone: \(String(cString: strerror(errno)))")
        }
    }

    /// The child's first line of output. Blocks; the child prints it or ends.
    func firstLine() -> String {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(output, &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
        return String(decoding: line, as: UTF8.self)
    }

    /// Closes the child's input and waits for its end.
    consuming func end() async throws {
        let process = process
        do { _ = consume self }
        while waitpid(process, nil, WNOHANG) == 0 { try await Task.sleep(for: .milliseconds(10)) }
    }

    /// No signal blocked or ignored in the child: the threads that tests run on block most of them, and everything
    /// that runs on a test's host would inherit that.
    private static func attributes() -> posix_spawnattr_t {
        var attributes = posix_spawnattr_t()
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_init(&attributes)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        return attributes
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else {
            throw SpawnFailure(description: "can't make a pipe: \(String(cString: strerror(errno)))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}

struct SpawnFailure: Error, CustomStringConvertible {
    let description: String
}

/// At most this many test hosts at once: each runs a stack, and a machine under tests may have two cores.
actor Slots {
    static let shared = Slots(4)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    private init(_ count: Int) { free = count }

    func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func give() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
