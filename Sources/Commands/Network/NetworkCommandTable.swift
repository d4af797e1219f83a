/// The commands of `roost network` by their names, Docker's aliases among them.
func networkCommandType(named name: String) -> (any RoostCommand.Type)? {
    switch name {
    case "connect": NetworkConnectCommand.self
    case "create": NetworkCreateCommand.self
    case "disconnect": NetworkDisconnectCommand.self
    case "inspect": NetworkInspectCommand.self
    case "ls", "list": NetworkListCommand.self
    case "prune": NetworkPruneCommand.self
    case "rm", "remove": NetworkRemoveCommand.self
    default: nil
    }
}

/// The commands that `roost network --help` lists.
let networkCommandNames = ["connect", "create", "disconnect", "inspect", "ls", "prune", "rm"]
