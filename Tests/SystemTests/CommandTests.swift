import Foundation
import Testing

@Suite("Commands", .asRoot, .reported)
struct CommandTests {
    static let stack = """
        services:
          web:
            image: \(busybox())
            command: ["sh", "-c", "echo to output; echo to errors >&2; exec httpd -f -p 80 -h /var/www"]
            ports: ["8080:80"]
            expose: ["81"]
            environment: {INSIDE: "yes"}
            labels: {mine: "1"}
          task:
            image: \(busybox())
            command: ["sh", "-c", "echo one; echo two; echo three; exit 3"]
        """

    /// Brings the stack up and waits until its task has ended.
    static func start(_ host: Host) async throws {
        try await host.up(compose: stack)
        try await eventually("the task has ended") { try await host.states()["task-1"] == "exited(3)" }
    }

    @Test("ps lists what runs, -a the rest too, -q ids, and its JSON is Docker Compose's")
    func ps() async throws {
        try await onHost { host in
            try await Self.start(host)
            let table = try await host.roost("ps").succeeds()
            #expect(try #require(table.lines.first).split(separator: " ").prefix(3) == ["NAME", "IMAGE", "COMMAND"])
            table.says("\(host.name)-web-1", "8080->80/tcp", "Up")
            #expect(!table.output.contains("\(host.name)-task-1"))
            try await host.roost("ps", "-a").succeeds().says("\(host.name)-task-1", "Exited (3)")
            let ids = try await host.roost("ps", "-a", "-q").succeeds().lines
            #expect(Set(ids.map { $0.prefix(12) }) == Set(try await host.containers().map { $0.ID.prefix(12) }))
            let rows = try await host.roost("ps", "--format", "json", "web").succeeds().jsonLines()
            #expect(rows.count == 1)
            let keys = [
                "Command", "CreatedAt", "ExitCode", "Health", "ID", "Image", "Labels", "Name", "Names", "Networks",
                "Ports",
                "Project", "Publishers", "RunningFor", "Service", "Size", "State", "Status", "LocalVolumes", "Mounts",
            ]
            for key in keys { #expect(rows[0].members[key] != nil, "ps --format json has no \(key)") }
        }
    }

    @Test("logs shows both streams with prefixes, the tail, the time stamps, one service, and follows")
    func logs() async throws {
        try await onHost { host in
            try await Self.start(host)
            let all = try await host.roost("logs").succeeds()
            all.says("web-1   | to output", "web-1   | to errors", "task-1  | three")
            #expect(!all.output.contains("\u{1b}["), "no colours where there is no terminal")
            let tail = try await host.roost("logs", "--tail", "2", "--no-log-prefix", "task").succeeds()
            #expect(tail.output == "two\nthree\n")
            let stamped = try await host.roost("logs", "-t", "--no-log-prefix", "task").succeeds().lines
            #expect(
                try #require(stamped.first).wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z one/) != nil,
                "\(stamped)")
            let follow = try host.start(roost: ["logs", "-f", "web"])
            try await eventually("what is there is shown") { follow.output.contains("to output") }
            _ = try await host.inside("web", "echo later >/proc/1/fd/1")
            try await eventually("what comes is shown") { follow.output.contains("later") }
            try await follow.signal(SIGINT)
            #expect([0, 130].contains(try await follow.outcome().status))
        }
    }

    @Test("exec runs a command in the container, with its status, input, user, directory and environment")
    func exec() async throws {
        try await onHost { host in
            try await Self.start(host)
            try await host.roost("exec", "-T", "web", "sh", "-c", "echo out; echo err >&2; exit 5").ends(with: 5)
            let echoed = try await host.roost("exec", "-T", "web", "cat", input: "line 1\nline 2\n").succeeds()
            #expect(echoed.output == "line 1\nline 2\n")
            let streams = try await host.roost("exec", "-T", "web", "sh", "-c", "echo out; echo err >&2").succeeds()
            #expect(streams.output == "out\n" && streams.errors.contains("err\n"))
            let flags = ["exec", "-T", "-u", "app", "-w", "/tmp", "-e", "A=1", "--env", "B=2", "web"]
            let run = try host.start(roost: flags + ["sh", "-c", "echo $(id -un) $PWD $A $B $INSIDE"])
            #expect(try await run.outcome().succeeds().output == "app /tmp 1 2 yes\n")
            try await host.roost("exec", "-T", "web", "no-such-command").ends(with: 127).says("no-such-command")
            try await host.roost("exec", "-T", "web", "/etc/passwd").ends(with: 126)
            try await host.roost("exec", "-T", "web", "sh", "-c", "kill -9 $$").ends(with: 137)
        }
    }

    @Test("exec moves large input and output without losing a byte")
    func execLarge() async throws {
        try await onHost { host in
            try await Self.start(host)
            let text = (0..<200_000).map { "\($0)\n" }.joined()
            let echoed = try await host.roost("exec", "-T", "web", "cat", input: text).succeeds()
            #expect(echoed.output == text)
        }
    }

    @Test("exec has a real terminal when there is one, of the right size")
    func execTerminal() async throws {
        try await onHost { host in
            try await Self.start(host)
            let roost = join(Requirements.binaries, "roost")
            let typed = "stty cols 99 rows 33; \(roost) exec web sh -c 'test -t 0 && test -t 1 && stty size; exit 4'"
            let outcome = try await host.start(["script", "-qec", typed, "/dev/null"]).outcome()
            #expect(outcome.status == 4 && outcome.output.contains("33 99"), "\(outcome)")
        }
    }

    @Test("exec chooses a replica with --index")
    func execIndex() async throws {
        try await onHost { host in
            try await host.up(
                compose: "services:\n  web: {image: '\(busybox())', command: [sleep, \"1000000\"], scale: 2}\n")
            let names = try await [1, 2].asyncMap { index in
                try await host.roost("exec", "-T", "--index", "\(index)", "web", "hostname").succeeds().output
            }
            #expect(Set(names).count == 2)
            try await host.roost("exec", "-T", "--index", "3", "web", "true").fails(saying: "web")
        }
    }

    @Test("exec into a container that doesn't run says so", arguments: ["task", "nowhere"])
    func execNowhere(service: String) async throws {
        try await onHost { host in
            try await Self.start(host)
            try await host.roost("exec", "-T", service, "true").fails(saying: service)
        }
    }

    @Test("config prints the resolved stack, and its services, images, volumes and hashes")
    func config() async throws {
        try await onHost { host in
            try host.compose(Self.stack + "\n    volumes: [data:/data]\nvolumes: {data: {}}\n")
            let text = try await host.roost("config").succeeds()
            text.says("name: \(host.name)", "published: \"8080\"", "target: 80")
            #expect(text.output.contains(/INSIDE: ["']yes["']/), "what YAML 1.1 takes for a truth value stays text")
            let json = try await host.roost("config", "--format", "json").succeeds().json()
            #expect(json.name.string == host.name)
            #expect(json.services.web.ports[0].target.int == 80)
            #expect(try await host.roost("config", "--services").succeeds().lines.sorted() == ["task", "web"])
            #expect(try await host.roost("config", "--volumes").succeeds().lines == ["data"])
            #expect(try await host.roost("config", "--images").succeeds().lines.contains(busybox()))
            #expect(try await host.roost("config", "-q").succeeds().output.isEmpty)
        }
    }

    @Test("inspect has the shape of docker inspect")
    func inspect() async throws {
        try await onHost { host in
            try await Self.start(host)
            let web = try await host.inspect("web")
            #expect(web.Name.string == "/\(host.name)-web-1")
            #expect(web.Id.string?.count == 64)
            #expect(web.State.Running.bool == true && web.State.Status.string == "running")
            #expect(web.Config.Env.strings.contains("INSIDE=yes"))
            #expect(web.Config.Labels["mine"].string == "1")
            #expect(web.NetworkSettings.Ports["80/tcp"][0].HostPort.string == "8080")
            #expect(["", "no"].contains(web.HostConfig.RestartPolicy.Name.string))
            #expect(web.Mounts.elements.isEmpty)
            let task = try await host.inspect("task")
            #expect(task.State.ExitCode.int == 3 && task.State.Pid.int == 0)
            #expect(try #require(task.State.StartedAt.time) < #require(task.State.FinishedAt.time))
            try await host.roost("inspect", "nothing-of-this-name").fails(saying: "nothing-of-this-name")
        }
    }

    @Test("ls lists the stacks with their state and files")
    func ls() async throws {
        try await onHost { host in
            try await Self.start(host)
            let rows = try await host.roost("ls", "-a", "--format", "json").succeeds().json()
            #expect(rows[0].Name.string == host.name)
            #expect(rows[0].Status.string?.contains("running(1)") == true)
            #expect(rows[0].ConfigFiles.string == join(host.project, "compose.yaml"))
            #expect(try await host.roost("ls", "-q").succeeds().output == "\(host.name)\n")
        }
    }

    @Test("images lists what the stack's containers were made from")
    func images() async throws {
        try await onHost { host in
            try await Self.start(host)
            let table = try await host.roost("images").succeeds()
            table.says("CONTAINER", "REPOSITORY", "TAG", "\(host.name)-web-1", "busybox")
            let images = try await host.roost("images", "--format", "json").succeeds().json()
            let inspected = try await host.roost("image", "inspect", busybox()).succeeds().json()
            #expect(images.elements.count == 2 && inspected[0].Size.int ?? 0 > 0)
            #expect(images[0].Size.int == inspected[0].Size.int)
        }
    }

    @Test("version and help are told without a stack")
    func version() async throws {
        try await onHost { host in
            try await host.roost("version").succeeds().says("Roost")
            try await host.roost("version", "--short").succeeds()
            let help = try await host.roost("--help").succeeds()
            for command in ["up", "down", "ps", "logs", "exec", "config", "images", "inspect", "ls", "pull", "load"] {
                #expect(help.output.contains("  \(command) "), "--help doesn't name \(command)")
            }
            #expect(try await host.processes("roost-supervisor ").isEmpty, "neither needs a supervisor")
        }
    }

    @Test("--progress chooses how progress is told", arguments: ["json", "plain", "quiet", "tty"])
    func progress(kind: String) async throws {
        try await onHost { host in
            try host.compose(Self.stack)
            let outcome = try await host.roost("--progress", kind, "up", "-d").succeeds()
            switch kind {
            case "json": #expect(try outcome.text.split(separator: "\n").map { try JSON(String($0)) }.isEmpty == false)
            case "quiet": #expect(outcome.text.isEmpty)
            case "plain": #expect(outcome.text.contains("web-1") && !outcome.text.contains("\u{1b}["))
            default: #expect(outcome.text.contains("web-1"))
            }
        }
    }

    @Test("Names of projects: -p, COMPOSE_PROJECT_NAME, name: in the file", arguments: ["flag", "environment", "file"])
    func projectName(way: String) async throws {
        try await onHost { host in
            let name = "\(host.name)x"
            host.own(stack: name)
            try host.compose((way == "file" ? "name: \(name)\n" : "") + Self.stack)
            let environment = way == "environment" ? ["COMPOSE_PROJECT_NAME": name] : [:]
            let flags = way == "flag" ? ["-p", name] : []
            try await host.start(roost: flags + ["up", "-d"], environment: environment).outcome().succeeds()
            #expect(try await host.roost("ls", "-q").succeeds().output == "\(name)\n")
        }
    }

    @Test(
        "A flag or command that doesn't exist is named",
        arguments: [["--nosuch", "up"], ["up", "--nosuch"], ["nosuch"]])
    func usage(arguments: [String]) async throws {
        try await onHost { host in
            try host.compose(Self.stack)
            try await host.start(roost: arguments).outcome().fails(saying: "nosuch")
        }
    }
}

extension Sequence {
    func asyncMap<Result>(_ transform: (Element) async throws -> Result) async throws -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
