import Foundation
import Glibc
import Synchronization
import Testing

/// A host for one scenario: network, mounts, cgroups and Roost directories of its own, made and removed by
/// scripts/testing/instance, with an outside world at `Host.outside` behind its only link.
final class Host: Sendable {
    /// The host's address on its link, and that of the world outside.
    static let address = "198.51.100.2"
    static let outside = "198.51.100.1"

    /// The name of the project, unlike that of any other scenario.
    let name: String
    /// Holds everything of the scenario; short, because a unix socket's path is.
    let directory: String
    /// Where compose.yaml is, and where `roost` runs.
    let project: String
    let root: String
    let runRoot: String
    /// A process in the namespaces of this host.
    let process: pid_t

    private let child: Mutex<Child?>
    private let commands = Atomic<Int>(0)
    private let stacks: Mutex<Set<String>>
    private let started = Mutex<[Running]>([])

    init() throws {
        name = "t" + String(UInt32.random(in: 0...UInt32.max), radix: 36)
        directory = "/tmp/roost-\(name)"
        project = join(directory, name)
        root = join(directory, "root")
        runRoot = join(directory, "run")
        for path in [directory, project, join(directory, "commands")] {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        let started = try Child([join(Requirements.repository, "scripts/testing/instance"), name])
        let words = started.firstLine().split(separator: " ")
        guard words.count == 3, words[0] == "ready", let process = pid_t(words[1]) else {
            try? FileManager.default.removeItem(atPath: directory)  // the failure below tells more
            throw SpawnFailure(description: "the test's host did not start; its message is above")
        }
        self.process = process
        child = Mutex(consume started)
        stacks = Mutex([name])
    }

    /// Ends every process of the host and removes what it had.
    func close() async throws {
        if let child = child.withLock({ $0.take() }) { try await child.end() }
        try FileManager.default.removeItem(atPath: directory)
    }

    // MARK: Files

    /// Writes a file, relative to the project's directory.
    @discardableResult
    func write(_ path: String, _ text: String, mode: Int = 0o644) throws -> String {
        let target = path.hasPrefix("/") ? path : join(project, path)
        let parent = URL(filePath: target).deletingLastPathComponent().path(percentEncoded: false)
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: target))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: target)
        return target
    }

    /// Writes compose.yaml.
    func compose(_ text: String) throws { try write("compose.yaml", text) }

    func read(_ path: String) throws -> String {
        let target = path.hasPrefix("/") ? path : join(project, path)
        return String(decoding: try Data(contentsOf: URL(filePath: target)), as: UTF8.self)
    }

    // MARK: Commands

    /// Runs `roost` in the project's directory.
    @discardableResult
    func roost(
        _ arguments: String..., input: String = "", environment: [String: String] = [:],
        within limit: Duration = .seconds(60), at location: SourceLocation = #_sourceLocation
    ) async throws -> Outcome {
        try await start(roost: arguments, input: input, environment: environment)
            .outcome(within: limit, at: location)
    }

    /// Starts `roost` and leaves it running.
    func start(
        roost arguments: [String], input: String = "", environment: [String: String] = [:]
    ) throws -> Running {
        try start([join(Requirements.binaries, "roost")] + arguments, input: input, environment: environment)
    }

    /// Runs a shell command on the host, or outside of it.
    @discardableResult
    func shell(
        _ script: String, outside: Bool = false, within limit: Duration = .seconds(30),
        at location: SourceLocation = #_sourceLocation
    ) async throws -> Outcome {
        try await start(["sh", "-c", script], outside: outside).outcome(within: limit, at: location)
    }

    /// Starts a command on the host, or outside of it.
    func start(
        _ arguments: [String], input: String = "", environment: [String: String] = [:], outside: Bool = false
    ) throws -> Running {
        let number = commands.add(1, ordering: .relaxed).newValue
        let files = join(directory, "commands", "\(number)")
        try Data(input.utf8).write(to: URL(filePath: files + ".in"))
        try send(
            Request(
                run: arguments, files: files, directory: project, environment: self.environment(environment),
                outside: outside))
        let program = URL(filePath: arguments[0]).lastPathComponent
        let running = Running(command: ([program] + arguments.dropFirst()).joined(separator: " "), files: files)
        started.withLock { $0.append(running) }
        return running
    }

    /// Ends the commands that a scenario started and left running: a registry, a log that is followed.
    func endCommands() async throws {
        for command in started.withLock({ $0 }) where command.status == nil {
            Glibc.kill(-(try await command.process()), SIGKILL)
            _ = try await command.outcome()
        }
    }

    /// Sends a request to the host; its program describes them.
    func send(_ request: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        let line = String(decoding: try encoder.encode(request), as: UTF8.self)
        try child.withLock { child in
            guard child != nil else { throw SpawnFailure(description: "the test's host is closed") }
            try child?.send(line)
        }
    }

    /// Sends a request that is answered in a file, and returns the answer.
    func ask(_ request: (_ files: String) -> some Encodable) async throws -> String {
        let files = join(directory, "commands", "\(commands.add(1, ordering: .relaxed).newValue)")
        try send(request(files))
        return try await eventually("the test's host answers", every: .milliseconds(5)) {
            FileManager.default.fileExists(atPath: files + ".code") ? try self.read(files + ".code") : nil
        }
    }

    /// The variables that commands on the host get: no terminal, no colours, this host's Roost directories.
    func environment(_ more: [String: String] = [:]) -> [String: String] {
        let own = [
            "PATH": searchPath, "HOME": directory, "ROOST_ROOT": root, "ROOST_RUN_ROOT": runRoot, "LC_ALL": "C.UTF-8",
        ]
        return own.merging(more) { $1 }
    }

    /// The variables that lead to a second instance of Roost on this host.
    var second: [String: String] { ["ROOST_ROOT": root + "2", "ROOST_RUN_ROOT": runRoot + "2"] }

    /// The stacks that are taken down when the scenario ends.
    var stackNames: Set<String> { stacks.withLock { $0 } }

    /// Has the stack `name`, which a scenario made with `-p`, taken down at the end too.
    func own(stack name: String) { stacks.withLock { _ = $0.insert(name) } }

    private struct Request: Encodable {
        let run: [String]
        let files: String
        let directory: String
        let environment: [String: String]
        let outside: Bool
    }
}

/// A command that was started on a host.
struct Running: Sendable {
    let command: String
    fileprivate let files: String

    fileprivate init(command: String, files: String) { (self.command, self.files) = (command, files) }

    /// What it printed so far.
    var output: String { text(".out") }
    var errors: String { text(".err") }

    /// The exit status, once it has ended.
    var status: Int? { Int(text(".code")) }

    /// The process, as soon as it has started.
    func process() async throws -> pid_t {
        try await eventually("`\(command)` starts", every: .milliseconds(2)) { pid_t(text(".pid")) }
    }

    func signal(_ number: Int32) async throws { kill(try await process(), number) }

    /// Waits for its end; when the limit is over it is killed and the scenario ends.
    func outcome(
        within limit: Duration = .seconds(60), at location: SourceLocation = #_sourceLocation
    ) async throws -> Outcome {
        let deadline = ContinuousClock.now + limit
        var pause = Duration.milliseconds(2)
        while status == nil {
            guard ContinuousClock.now < deadline else {
                kill(-(try await process()), SIGKILL)
                throw ScenarioFailure("`\(command)` did not end within \(limit)\n\(errors)\(output)", location)
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(20))
        }
        return Outcome(command: command, status: status ?? -1, output: output, errors: errors)
    }

    private func text(_ suffix: String) -> String {
        // A file that isn't there yet holds nothing yet.
        (try? Data(contentsOf: URL(filePath: files + suffix))).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
