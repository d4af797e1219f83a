import Glibc
import Kernel
import StackModel
import Testing

@testable import Containers

/// Who hears a signal and who can't is seen on real processes.
@Suite(.timeLimit(.minutes(5)))
struct SignalDeliveryTests {
    private static let python = "/usr/bin/python3"

    /// A program that ends with the value.
    private struct Running: ~Copyable {
        let pid: Int32

        private init(pid: Int32) { self.pid = pid }

        /// - Parameter saysReady: it writes a line once it is as it should be.
        static func start(_ executable: String, _ arguments: [String], saysReady: Bool = true) throws -> Running {
            let output = try OwnedDescriptor.pipe()
            var spawn = Spawn(executable, [executable] + arguments)
            spawn.standardStreams = (nil, output.writing.number, nil)
            let running = Running(pid: try spawn.start())
            if saysReady { try wait(for: output.reading) }
            return running
        }

        private static func wait(for reading: borrowing OwnedDescriptor) throws {
            #expect(try reading.waitReadable(milliseconds: 10_000), "it doesn't get ready")
        }

        /// In which state it is, and the number of the system call that it is in.
        var state: String { get throws { try field("/status", of: "State:") } }
        var call: String { get throws { String(try Files.readText("/proc/\(pid)/syscall").prefix { $0 != " " }) } }

        private func field(_ file: String, of name: String) throws -> String {
            let line = try Files.readText("/proc/\(pid)\(file)").split(separator: "\n").first { $0.hasPrefix(name) }
            return line.map { String($0.dropFirst(name.count)).filter { !$0.isWhitespace } } ?? ""
        }

        deinit {
            // What has ended already needs no end.
            guard let process = try? ProcessDescriptor(pid: pid) else { return }
            try? process.signal(SIGKILL)
            _ = try? process.reap(blocking: true)
        }
    }

    private func eventually(_ condition: () throws -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            if try condition() { return true }
            try await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    /// Whoever hears it must not once be taken for deaf: a stop would kill it at once.
    private func isNeverInVain(_ signal: Int32, by pid: Int32) async throws -> Bool {
        for _ in 0..<300 {
            if SignalDelivery.isInVain(signal, to: pid, within: .seconds(10)) { return false }
            try await Task.sleep(for: .milliseconds(1))
        }
        return true
    }

    private func shell(_ script: String) throws -> Running { try Running.start("/bin/sh", ["-c", script]) }

    @Test func aLongSleeperWithoutHandlersNoticesNothing() async throws {
        let process = try Running.start("/bin/sleep", ["1000"], saysReady: false)
        let pid = process.pid
        for signal in [SIGTERM, SIGINT, SIGQUIT, 64] {
            #expect(
                try await eventually { SignalDelivery.isInVain(signal, to: pid, within: .seconds(10)) }, "\(signal)")
        }
    }

    @Test func whoCatchesItHearsIt() async throws {
        let process = try shell("trap 'exit 0' TERM; echo ready; while :; do sleep 1000; done")
        #expect(try await isNeverInVain(SIGTERM, by: process.pid))
        // A handler for another signal is one too many: what wakes it may be anything.
        #expect(try await isNeverInVain(SIGQUIT, by: process.pid))
    }

    @Test func whoWakesInTimeCanStillFinish() async throws {
        let process = try Running.start("/bin/sleep", ["11"], saysReady: false)
        #expect(try await isNeverInVain(SIGTERM, by: process.pid))
    }

    @Test func whoWaitsForSomethingElseMayFindIt() async throws {
        let process = try shell("echo ready; exec tail -f /dev/null")
        #expect(try await isNeverInVain(SIGTERM, by: process.pid))
    }

    @Test func whoIgnoresItIsLeftItsTime() async throws {
        let process = try shell("trap '' TERM; echo ready; while :; do sleep 1000; done")
        #expect(try await isNeverInVain(SIGTERM, by: process.pid))
    }

    private static let waits = [
        // As most programs do it, and without blocking the signal first.
        "signal.pthread_sigmask(signal.SIG_BLOCK, [15]); ready(); signal.sigwait([15])",
        "ready(); signal.sigwait([15])",
        "ready(); signal.sigtimedwait([15], 1000)",
        // A thread of its own for signals.
        "threading.Thread(target=lambda: signal.sigwait([15])).start(); ready(); threading.Event().wait()",
        "signal.pthread_sigmask(signal.SIG_BLOCK, [15]); ready(); time.sleep(1000)",
    ]

    @Test(.enabled(if: Files.exists(python), "needs python3"), arguments: waits)
    func whoWaitsForItHearsIt(_ script: String) async throws {
        let imports = "import os, signal, threading, time\ndef ready(): os.write(1, b'ready\\n')\n"
        let process = try Running.start(Self.python, ["-c", imports + script])
        // It says that it is ready just before it waits.
        #expect(try await eventually { try process.state.hasPrefix("S") && process.call != "1" })
        #expect(try await isNeverInVain(SIGTERM, by: process.pid))
    }

    @Test func whoIsBusyMayComeToHearIt() async throws {
        let process = try shell("echo ready; while :; do :; done")
        #expect(try await isNeverInVain(SIGTERM, by: process.pid))
    }

    @Test func whoIsGoneIsNotJudged() throws {
        #expect(!SignalDelivery.isInVain(SIGTERM, to: -1, within: .seconds(10)))
        let pid = try Spawn("/bin/true", ["true"]).start()
        let process = try ProcessDescriptor(pid: pid)
        #expect(try process.descriptor.waitReadable(milliseconds: 10_000))
        // Ended, but not waited for.
        #expect(!SignalDelivery.isInVain(SIGTERM, to: pid, within: .seconds(10)))
        _ = try process.reap(blocking: true)
        #expect(!SignalDelivery.isInVain(SIGTERM, to: pid, within: .seconds(10)))
    }
}
