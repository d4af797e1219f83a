import ArgumentParser
import StackModel
import Testing

@testable import Commands

@Suite struct ArgumentTests {
    @Test(
        arguments: [
            (["up", "-d"], [], "up", ["-d"]),
            (["-f", "a.yaml", "-p", "x", "logs", "-f", "web"], ["-f", "a.yaml", "-p", "x"], "logs", ["-f", "web"]),
            (["--file=a", "-px", "--dry-run", "up"], ["--file=a", "-px", "--dry-run"], "up", []),
            (["-f", "-", "config"], ["-f", "-"], "config", []), (["-f"], ["-f"], nil, []), ([], [], nil, []),
            (["exec", "-T", "web", "ls", "-f"], [], "exec", ["-T", "web", "ls", "-f"]),
        ] as [([String], [String], String?, [String])])
    func split(_ arguments: [String], _ global: [String], _ command: String?, _ rest: [String]) {
        let split = ArgumentSplit(arguments)
        #expect(split.global == global)
        #expect(split.command == command)
        #expect(split.rest == rest)
    }

    @Test func globalOptions() throws {
        let options = try GlobalOptions.read([
            "-f", "a", "-fb", "--file=c", "-p", "shop", "--profile", "x", "--profile=y", "--env-file", ".e",
            "--progress", "json", "--ansi=never", "--dry-run", "--root", "/a", "--run-root=/b", "--project-directory",
            "d",
        ])
        #expect(options.files == ["a", "b", "c"])
        #expect(options.projectName == "shop")
        #expect(options.profiles == ["x", "y"])
        #expect(options.envFiles == [".e"])
        #expect(options.progress == .json)
        #expect(options.ansi == .never)
        #expect(options.dryRun)
        #expect(options.root == "/a")
        #expect(options.runRoot == "/b")
        #expect(options.projectDirectory == "d")
        #expect(try GlobalOptions.read(["-f", "-"]).files == ["-"])
    }

    @Test func upFlags() throws {
        let command = try UpCommand.read([
            "-d", "web", "--force-recreate", "--scale", "web=3", "--scale=db=0", "-t", "5", "--pull=always", "-V", "db",
            "--remove-orphans", "--wait", "--wait-timeout", "30", "-y", "--no-deps", "--dry-run", "--quiet-pull",
        ])
        #expect(command.services == ["web", "db"])
        #expect(command.options.isDetached)
        #expect(try command.options.scales() == ["web": 3, "db": 0])
        #expect(command.options.timeout == 5)
        #expect(command.options.waitTimeout == 30)
        #expect(command.dry.dryRun)
        #expect(throws: Never.self) { try command.options.check() }
    }

    @Test(arguments: [
        (["-d", "--abort-on-container-exit"], "--detach cannot be combined"),
        (["-d", "--attach", "web"], "--detach cannot be combined"),
        (["--wait", "--exit-code-from", "web"], "--wait cannot be combined"),
        (["--force-recreate", "--no-recreate"], "--force-recreate and --no-recreate are incompatible"),
        (["--always-recreate-deps", "--no-recreate"], "--always-recreate-deps and --no-recreate are incompatible"),
        (["--attach", "a", "--attach-dependencies"], "--attach and --attach-dependencies"),
    ])
    func upRefusesWhatComposeRefuses(_ arguments: [String], _ message: String) throws {
        let options = try UpCommand.read(arguments).options
        let error = #expect(throws: CommandFailure.self) { try options.check() }
        #expect(error?.description.hasPrefix(message) == true)
    }

    @Test(arguments: [["--scale", "web"], ["--scale", "web=x"], ["--scale", "web=-1"]])
    func badScales(_ arguments: [String]) throws {
        let options = try UpCommand.read(arguments).options
        #expect(throws: CommandFailure.self) { try options.scales() }
    }

    @Test func anEmptyValueAfterAnEqualsSign() throws {
        let command = try ConfigCommand.read(["--hash=", "--format=json", "--", "web", "--x="])
        #expect(command.hash == "")
        #expect(command.format == "json")
        #expect(command.services == ["web", "--x="])
    }

    @Test(arguments: [
        (["up", "--quiet-build"], "roost up: --quiet-build is not supported yet"),
        (["inspect", "--size", "web"], "roost inspect: --size is not supported yet"),
    ])
    func flagsOfComposeThatAreMissing(_ arguments: [String], _ message: String) throws {
        let type = try #require(commandType(named: arguments[0]))
        let error = #expect(throws: CommandFailure.self) { _ = try type.read(Array(arguments.dropFirst())) }
        #expect(error?.description == message)
    }

    @Test func configHashes() throws {
        let inputs = ["a": "abc", "b": ""]
        func hashes(_ selection: String) throws -> String {
            try ConfigCommand.hashes(of: selection, services: ["a", "b"], input: { inputs[$0] })
        }
        // The digests of FIPS 180-2, appendix B.1, and of nothing.
        let a = "a ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n"
        let b = "b e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"
        #expect(try hashes("*") == a + b)
        #expect(try hashes("b,a,b") == a + b)
        #expect(try hashes("b") == b)
        let error = #expect(throws: CommandFailure.self) { try hashes("a,c") }
        #expect(error?.description == "no such service: c")
        #expect(try ConfigCommand.read(["--hash", "*", "-q"]).hash == "*")
    }

    @Test func execPassesTheRestOn() throws {
        let command = try ExecCommand.read([
            "-T", "-u", "1000", "-eA=1", "--env", "B=2", "-w", "/srv", "--index=2", "web", "ls", "-la", "--dry-run",
            "-h",
        ])
        #expect(command.words == ["web", "ls", "-la", "--dry-run", "-h"])
        #expect(command.noTerminal)
        #expect(command.user == "1000")
        #expect(command.environment == ["A=1", "B=2"])
        #expect(command.workingDirectory == "/srv")
        #expect(command.index == 2)
        #expect(try ExecCommand.read(["-it", "web", "sh"]).words == ["web", "sh"])
        #expect(throws: CleanExit.self) { try ExecCommand.read(["-T", "--help"]) }
    }

    @Test func otherCommands() throws {
        let logs = try LogsCommand.read([
            "-f", "-t", "-n", "5", "--since", "1h", "--no-log-prefix", "web", "--index", "1",
        ])
        #expect(logs.follow && logs.timestamps && logs.noLogPrefix)
        #expect(logs.tail == "5")
        #expect(try LogsCommand.read(["--tail", "-1"]).tail == "-1")
        #expect(logs.services == ["web"])
        let down = try DownCommand.read(["-v", "-t0", "--remove-orphans"])
        #expect(down.volumes && down.removeOrphans && down.timeout == 0)
        #expect(try KillCommand.read(["-s", "TERM", "web"]).signal == "TERM")
        #expect(try RestartCommand.read(["--no-deps", "-t", "3"]).noDependencies)
        #expect(try StartCommand.read(["--wait", "--wait-timeout=9"]).waitTimeout == 9)
        #expect(try StopCommand.read(["--timeout=-1"]).timeout == -1)
        #expect(try ImageLoadCommand.read(["-i", "x.tar"]).input == "x.tar")
        #expect(try PullCommand.read(["--include-deps", "-q"]).includeDependencies)
        #expect(try ConfigCommand.read(["--format", "json", "-o", "x"]).output == "x")
        #expect(try InspectCommand.read(["a", "b"]).names == ["a", "b"])
        #expect(try VersionCommand.read(["-f", "json"]).format == "json")
    }

    @Test func everyListedCommandExists() {
        for name in listedCommands {
            #expect(commandType(named: name)?.configuration.commandName == name)
        }
        #expect(Set(unsupportedCommands.keys).isDisjoint(with: listedCommands))
    }

    @Test(arguments: [
        ("Unknown option '--bogus'", "unknown flag: --bogus"),
        ("Missing value for '--tail <tail>'", "flag needs an argument: --tail"),
        ("The value 'x' is invalid\nUsage: …", "the value 'x' is invalid"),
    ])
    func usageErrorsAreOneLine(_ message: String, _ line: String) { #expect(usageText(message) == line) }

    @Test func pullPolicies() throws {
        #expect(try pullPolicy("policy", option: "--pull", allowed: ["always"]) == nil)
        #expect(try pullPolicy("always", option: "--pull", allowed: ["always"]) == .always)
        #expect(throws: CommandFailure.self) { try pullPolicy("build", option: "--pull", allowed: ["always"]) }
    }

    @Test func dependenciesAreFollowed() {
        var stack = Stack(name: "s", workingDirectory: "/")
        stack.services["web"] = Service(name: "web", image: "i", dependsOn: ["api": Dependency()])
        stack.services["api"] = Service(name: "api", image: "i", dependsOn: ["db": Dependency(), "gone": Dependency()])
        stack.services["db"] = Service(name: "db", image: "i")
        stack.services["other"] = Service(name: "other", image: "i")
        #expect(stack.withDependencies(["web"]) == ["web", "api", "db"])
    }

    @Test(
        arguments: [
            (ProgressMode.auto, AnsiMode.auto, [:], true, ProgressMode.tty, true),
            (.auto, .auto, [:], false, .plain, false), (.auto, .never, [:], true, .plain, false),
            (.auto, .always, [:], false, .tty, true), (.auto, .auto, ["NO_COLOR": "1"], true, .tty, false),
            (.auto, .auto, ["TERM": "dumb"], true, .plain, false), (.json, .auto, [:], true, .json, true),
        ] as [(ProgressMode, AnsiMode, [String: String], Bool, ProgressMode, Bool)])
    func progressIsDecided(
        _ progress: ProgressMode, _ ansi: AnsiMode, _ environment: [String: String], _ terminal: Bool,
        _ mode: ProgressMode, _ colored: Bool
    ) throws {
        let options = try GlobalOptions.read(["--progress", progress.rawValue, "--ansi", ansi.rawValue])
        let settings = GlobalSettings(options, environment: environment)
        #expect(settings.progressMode(errorIsTerminal: terminal) == mode)
        #expect(settings.colored(isTerminal: terminal) == colored)
    }
}
