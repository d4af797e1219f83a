import FoundationEssentials
import Glibc
import Kernel
import OCI

@testable import RuntimeCommands

/// A bundle with busybox, and the runtime that was built with the tests.
final class RuntimeFixture {
    let directory: String
    let name = "t" + String(UInt32.random(in: 0...UInt32.max), radix: 36)
    private static let busybox = "/bin/busybox"

    /// Why the tests can't run here; nil if they can.
    static let obstacle: String? =
        if geteuid() != 0 {
            "needs root"
        } else if !Files.exists(busybox) {
            "needs busybox-static"
        } else if !Files.exists(executable) {
            "needs the roost-oci executable beside the tests"
        } else {
            nil
        }

    static let executable = InstalledPrograms.path("roost-oci")

    init() throws {
        directory = "/tmp/roost-oci-test-\(name)"
        for part in ["bundle/rootfs/bin", "bundle/rootfs/tmp", "state"] {
            try Files.makeDirectories("\(directory)/\(part)")
        }
        let root = "\(directory)/bundle/rootfs"
        try Files.replace("\(root)/bin/busybox", with: try Files.read(Self.busybox), mode: 0o755)
        for applet in ["sh", "cat", "id", "sleep", "echo", "true", "tty", "stty", "ps", "hostname", "test"] {
            symlink("busybox", "\(root)/bin/\(applet)")
        }
    }

    deinit {
        _ = try? run("delete", "--force", name)  // `try?`: it is gone in most tests.
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// Writes the bundle: that of `spec`, without a terminal.
    func bundle(_ script: String, _ change: (inout RuntimeConfiguration) -> Void = { _ in }) throws {
        var configuration = RuntimeConfiguration.sample
        configuration.process.terminal = false
        configuration.process.args = ["sh", "-c", script]
        change(&configuration)
        try Files.replace("\(directory)/bundle/config.json", with: try configuration.json())
    }

    /// Runs the runtime to its end.
    @discardableResult
    func run(_ arguments: String...) throws -> (code: Int32, output: String, errors: String) {
        try run(all: arguments)
    }

    /// `run` of the bundle by a program that executes the words it gets.
    func make(by program: [String]) throws -> (code: Int32, output: String, errors: String) {
        let words = [Self.executable, "--root", "\(directory)/state", "run", "--bundle", "\(directory)/bundle", name]
        return try run(program[0], program + words)
    }

    private func run(all arguments: [String]) throws -> (code: Int32, output: String, errors: String) {
        try run(Self.executable, ["roost-oci", "--root", "\(directory)/state"] + arguments)
    }

    private func run(
        _ executable: String, _ arguments: [String]
    ) throws -> (code: Int32, output: String, errors: String) {
        let output = try OwnedDescriptor.memory("output")
        let errors = try OwnedDescriptor.memory("errors")
        var spawn = Spawn(executable, arguments)
        spawn.standardStreams = (nil, output.number, errors.number)
        let process = try ProcessDescriptor(pid: try spawn.start())
        guard try process.waitForEnd(milliseconds: 20_000) else {
            try process.signal(SIGKILL)
            throw KernelError("wait for", "\(arguments)", errno: ETIMEDOUT)
        }
        let code = try process.reap(blocking: true)?.code ?? -1
        return (code, try text(of: output), try text(of: errors))
    }

    /// `create` or `run` of the bundle.
    func make(_ command: String, _ options: String...) throws -> (code: Int32, output: String, errors: String) {
        try run(all: [command, "--bundle", "\(directory)/bundle"] + options + [name])
    }

    private func text(of file: borrowing OwnedDescriptor) throws -> String {
        lseek(file.number, 0, SEEK_SET)
        return String(decoding: try file.readAll(), as: UTF8.self)
    }

    func status() throws -> String {
        let state = try JSONDecoder().decode(
            RuntimeContainer.State.self, from: Data(try run("state", name).output.utf8))
        return state.status
    }
}
