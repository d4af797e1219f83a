import Glibc
import Testing

@testable import StackFile

/// The real Docker Compose, whose `config` needs no daemon.
enum ReferenceCompose {
    /// Its path, or `nil` where scripts/reference-compose can't get it.
    static let program: String? = {
        let script = root + "/scripts/reference-compose"
        guard let result = try? Command.run([script], in: root, environment: shell), result.status == 0 else {
            return nil  // The suite is then skipped with a reason.
        }
        return result.output.split(separator: "\n").last.map(String.init)
    }()

    static var isAvailable: Bool { program != nil }

    /// What every process here gets of the caller's environment.
    static let shell = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/root"]

    private static var root: String {
        var path = #filePath
        for _ in 0..<4 { path = FilePath.directory(of: path) }
        return path
    }

    static func config(
        _ example: ComposeCase, in directory: String
    ) throws -> Command.Result {
        let program = try #require(program)
        return try Command.run(
            [program] + example.arguments + ["config", "--format", "json"] + example.flags, in: directory,
            environment: shell.merging(example.environment) { $1 }, standardInput: example.standardInput)
    }
}

/// Runs a program to its end.
enum Command {
    struct Result {
        var status: Int32
        var output: String
        var errors: String
    }

    struct Failure: Error {
        var call: String
        var code: Int32
    }

    static func run(
        _ words: [String], in directory: String, environment: [String: String], standardInput: String? = nil
    ) throws -> Result {
        let input = try ScratchFile(standardInput ?? "")
        let output = try ScratchFile()
        let errors = try ScratchFile()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input.descriptor, 0)
        posix_spawn_file_actions_adddup2(&actions, output.descriptor, 1)
        posix_spawn_file_actions_adddup2(&actions, errors.descriptor, 2)
        var process = pid_t()
        let program = "/usr/bin/env"
        let code = withStrings([program, "-C", directory] + words) { arguments in
            withStrings(environment.map { "\($0)=\($1)" }) { variables in
                posix_spawn(&process, program, &actions, nil, arguments, variables)
            }
        }
        guard code == 0 else { throw Failure(call: "posix_spawn \(words[0])", code: code) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw Failure(call: "waitpid", code: errno) }
        }
        let exit = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
        return Result(status: exit, output: try output.text(), errors: try errors.text())
    }

    private static func withStrings<Value>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Value
    ) -> Value {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }

    /// A nameless file, so that a full pipe can't stop the program.
    private struct ScratchFile: ~Copyable {
        let descriptor: Int32

        init(_ content: String = "") throws {
            descriptor = open("/tmp", (O_DIRECTORY | 0o20000000) | O_RDWR | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw Failure(call: "open", code: errno) }
            let bytes = Array(content.utf8)
            guard write(descriptor, bytes, bytes.count) == bytes.count, lseek(descriptor, 0, SEEK_SET) == 0 else {
                close(descriptor)
                throw Failure(call: "write", code: errno)
            }
        }

        deinit { close(descriptor) }

        func text() throws -> String {
            lseek(descriptor, 0, SEEK_SET)
            return String(decoding: try FileBytes.readAll(descriptor), as: UTF8.self)
        }
    }
}
