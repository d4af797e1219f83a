/// The commands of `roost image` by their names, Docker's aliases among them.
func imageCommandType(named name: String) -> (any RoostCommand.Type)? {
    switch name {
    case "ls", "list": ImageListCommand.self
    case "inspect": ImageInspectCommand.self
    case "history": ImageHistoryCommand.self
    default: nil
    }
}

/// The commands that `roost image --help` lists.
let imageCommandNames = [
    "check", "copy", "history", "inspect", "load", "ls", "prune", "pull", "push", "rm", "save", "tag",
]

/// What Docker has at the top level as well, where no command of Compose has the name.
func imageShortcutType(named name: String) -> (any RoostCommand.Type)? {
    switch name {
    case "rmi": imageCommandType(named: "rm")
    case "history", "save", "tag": imageCommandType(named: name)
    default: nil
    }
}

let imageShortcutNames = ["history", "rmi", "save", "tag"].filter { imageShortcutType(named: $0) != nil }

/// The commands of `roost system`.
func systemCommandType(named name: String) -> (any RoostCommand.Type)? { nil }

/// The commands of `roost bundle`.
func bundleCommandType(named name: String) -> (any RoostCommand.Type)? { nil }
