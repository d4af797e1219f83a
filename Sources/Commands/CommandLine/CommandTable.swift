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
    default: containerCommandType(named: name) ?? imageShortcutType(named: name)
    }
}

/// Commands about what runs, and what is made to run.
private func containerCommandType(named name: String) -> (any RoostCommand.Type)? {
    switch name {
    case "attach": AttachCommand.self
    case "commit": CommitCommand.self
    case "cp": CopyCommand.self
    case "create": CreateCommand.self
    case "diff": DiffCommand.self
    case "events": EventsCommand.self
    case "export": ExportCommand.self
    case "pause": PauseCommand.self
    case "port": PortCommand.self
    case "rename": RenameCommand.self
    case "rm": RmCommand.self
    case "rollback": RollbackCommand.self
    case "run": RunCommand.self
    case "scale": ScaleCommand.self
    case "stats": StatsCommand.self
    case "top": TopCommand.self
    case "unpause": UnpauseCommand.self
    case "update": UpdateCommand.self
    case "volumes": VolumesCommand.self
    case "wait": WaitCommand.self
    case "watch": WatchCommand.self
    default: nil
    }
}

/// The commands that `--help` lists.
let listedCommands = [
    "apply", "attach", "build", "commit", "config", "cp", "create", "diff", "down", "events", "exec", "export",
    "images", "inspect", "kill", "load", "logs", "ls", "pause", "plan", "port", "ps", "pull", "rename", "restart",
    "rm", "rollback", "run", "scale", "start", "stats", "stop", "top", "unpause", "up", "update", "version",
    "volumes", "wait", "watch", "why",
]

/// Commands that Compose has and Roost doesn't, each with the reason.
let unsupportedCommands: [String: String] = [
    "bridge": "it hands a stack to other platforms through images of Docker's; run docker compose for it",
    "publish": "not supported yet; roost bundle save carries a stack with its images to another host",
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
