/// The commands of `roost image` by their names, Docker's aliases among them.
func imageCommandType(named name: String) -> (any RoostCommand.Type)? {
    switch name {
    case "check": ImageCheckCommand.self
    case "copy", "cp": ImageCopyCommand.self
    case "history": ImageHistoryCommand.self
    case "inspect": ImageInspectCommand.self
    case "load": ImageLoadCommand.self
    case "ls", "list": ImageListCommand.self
    case "prune": ImagePruneCommand.self
    case "pull": ImagePullCommand.self
    case "push": ImagePushCommand.self
    case "referrers": ImageReferrersCommand.self
    case "rm", "remove": ImageRemoveCommand.self
    case "save": ImageSaveCommand.self
    case "tag": ImageTagCommand.self
    default: nil
    }
}

/// The commands that `roost image --help` lists.
let imageCommandNames = [
    "check", "copy", "history", "inspect", "load", "ls", "prune", "pull", "push", "referrers", "rm", "save",
    "tag",
]

/// What Docker has at the top level as well, where no command of Compose has the name.
func imageShortcutType(named name: String) -> (any RoostCommand.Type)? {
    switch name {
    case "rmi": imageCommandType(named: "rm")
    case "history", "save", "tag": imageCommandType(named: name)
    case "push": PushCommand.self
    case "lock": LockCommand.self
    case "login": LoginCommand.self
    case "logout": LogoutCommand.self
    default: nil
    }
}

let imageShortcutNames = ["history", "lock", "login", "logout", "push", "rmi", "save", "tag"]

/// The commands of `roost system`.
func systemCommandType(named name: String) -> (any RoostCommand.Type)? {
    switch name {
    case "df": SystemUsageCommand.self
    case "prune": SystemPruneCommand.self
    default: nil
    }
}

/// The commands of `roost bundle`.
func bundleCommandType(named name: String) -> (any RoostCommand.Type)? {
    switch name {
    case "load": BundleLoadCommand.self
    case "save": BundleSaveCommand.self
    default: nil
    }
}
