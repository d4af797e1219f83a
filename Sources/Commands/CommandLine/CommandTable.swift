import ArgumentParser

/// Every command by its name. A switch and not a dictionary: a start pays for the one command it runs.
func commandType(named name: String) -> (any RoostCommand.Type)? {
    switch name {
    case "up": UpCommand.self
    case "build": BuildCommand.self
    case "plan": PlanCommand.self
    case "apply": ApplyCommand.self
    case "down": DownCommand.self
    case "stop": StopCommand.self
    case "start": StartCommand.self
    case "restart": RestartCommand.self
    case "kill": KillCommand.self
    case "ps": PsCommand.self
    case "logs": LogsCommand.self
    case "exec": ExecCommand.self
    case "pull": PullCommand.self
    case "load": ImageLoadCommand.self
    case "images": ImagesCommand.self
    case "config", "convert": ConfigCommand.self
    case "inspect": InspectCommand.self
    case "ls": LsCommand.self
    case "version": VersionCommand.self
    case "why": WhyCommand.self
    default: imageShortcutType(named: name)
    }
}

/// The commands that `--help` lists.
let listedCommands = [
    "apply", "build", "config", "down", "exec", "images", "inspect", "kill", "load", "logs", "ls", "plan", "ps", "pull",
    "restart", "start", "stop", "up", "version", "why",
]

/// Commands that Compose has and Roost doesn't yet.
let unsupportedCommands: Set<String> = [
    "attach", "bridge", "commit", "cp", "create", "events", "export", "pause", "port", "publish", "rm",
    "run", "scale", "stats", "top", "unpause", "volumes", "wait", "watch",
]

/// The text of `roost --help`.
func globalHelp(columns: Int) -> String {
    var text = GlobalOptions.helpMessage(columns: columns)
    if !text.hasSuffix("\n") { text += "\n" }
    text += "\nCOMMANDS:\n"
    for name in (listedCommands + imageShortcutNames).sorted() {
        guard let type = commandType(named: name) else { continue }
        text += "  " + padded(name, to: 22) + "  " + type.configuration.abstract + "\n"
    }
    text += "\nGROUPS OF COMMANDS:\n"
    for name in CommandGroup.names {
        guard let group = CommandGroup(named: name) else { continue }
        text += "  " + padded(name, to: 22) + "  " + group.abstract + "\n"
    }
    return text + "\nRun 'roost COMMAND --help' for more information on a command.\n"
}
