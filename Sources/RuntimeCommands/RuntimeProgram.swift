import FoundationEssentials
import Glibc
import Kernel

/// `roost-oci` as a whole: which command it is, where errors go, and how it ends.
public enum RuntimeProgram {
    static let version = "0.1.0"
    static let specification = "1.2.0"

    /// Runs a command with the program's arguments (without its own name), and returns the code to exit with.
    public static func run(_ words: [String]) -> Int32 {
        var log = ErrorLog()
        do {
            let global = try Arguments(words, of: globalSyntax, stopsAtWord: true)
            log = ErrorLog(path: global["log"], isJSON: global["log-format"] == "json")
            if let format = global["log-format"], !["text", "json"].contains(format) {
                throw RuntimeFailure("--log-format is \(format), not text or json")
            }
            if global.has("version") {
                say("roost-oci version \(version)\nspec: \(specification)\n")
                return 0
            }
            guard let name = global.words.first, !global.has("help") else {
                say(usage)
                return global.has("help") ? 0 : 1
            }
            guard let command = commands[name] else {
                throw RuntimeFailure("there is no command \"\(name)\"\n\(usage)")
            }
            let arguments = try Arguments(
                Array(global.words.dropFirst()), of: command.syntax, stopsAtWord: command.hasWords)
            if arguments.has("help") {
                say("usage: roost-oci \(name) \(command.usage)\n")
                return 0
            }
            return try command.run(Invocation(global: global, arguments: arguments, store: try ContainerStore(global)))
        } catch {
            log.write("\(error)")
            return (error as? RuntimeFailure)?.code ?? 1
        }
    }

    private static let globalSyntax = Syntax(
        values: ["root", "log", "log-format", "rootless", "criu", "cgroup-manager"],
        flags: ["systemd-cgroup", "debug", "help", "version"], short: ["h": "help", "v": "version"])

    private static let usage = """
        usage: roost-oci [--root DIR] [--log FILE] [--log-format text|json] COMMAND
        commands: \(commands.keys.sorted().joined(separator: " "))

        """

    static let commands: [String: RuntimeCommand] = [
        "create": .create, "start": .start, "run": .run, "state": .state, "kill": .kill, "delete": .delete,
        "exec": .exec, "list": .list, "ps": .ps, "pause": .pause, "resume": .resume, "update": .update,
        "features": .features, "spec": .spec,
    ]
}

/// One command: what it takes, and what it does.
struct RuntimeCommand: Sendable {
    var usage: String
    var syntax: Syntax
    /// Options end at the first word, because a command of the user's follows.
    var hasWords = false
    var run: @Sendable (Invocation) throws -> Int32
}

/// What a command was called with.
struct Invocation {
    var global: Arguments
    var arguments: Arguments
    var store: ContainerStore

    /// The first word, a container's id.
    func identifier() throws(RuntimeFailure) -> String {
        guard let id = arguments.words.first else { throw RuntimeFailure("which container? name its id") }
        return id
    }

    func container() throws -> RuntimeContainer { try store.load(try identifier()) }
}

/// A command that can't be carried out, in the user's words.
struct RuntimeFailure: Error, CustomStringConvertible {
    var description: String
    var code: Int32

    init(_ description: String, code: Int32 = 1) {
        self.description = description
        self.code = code
    }
}

/// Standard output.
func say(_ text: String) {
    var copy = text
    _ = copy.withUTF8 { write(1, $0.baseAddress, $0.count) }
}

/// Where errors go: to standard error, and to the file that the caller reads them from.
struct ErrorLog {
    private var path: String?
    private var isJSON = false

    init(path: String? = nil, isJSON: Bool = false) {
        self.path = path
        self.isJSON = isJSON
    }

    func write(_ message: String) {
        let line = "roost-oci: \(message)\n"
        _ = Array(line.utf8).withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
        guard let path else { return }
        // `try?`: there is nobody left to tell that the log can't be written.
        guard let file = try? OwnedDescriptor(open: path, [.writeOnly, .create, .append], mode: 0o644) else { return }
        let time = Date.now.formatted(.iso8601)
        var text = "time=\"\(time)\" level=error msg=\"\(message)\"\n"
        if isJSON, let json = try? JSONEncoder().encode(["level": "error", "msg": message, "time": time]) {
            text = String(decoding: json, as: UTF8.self) + "\n"
        }
        try? file.writeAll(Array(text.utf8))
    }
}
