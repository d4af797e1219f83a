import ArgumentParser
import Diagnostics

/// The command that a line asks for, with the arguments that belong to it.
struct CommandChoice {
    var type: any RoostCommand.Type
    var arguments: [String]

    /// `image ls --quiet` is the command `ls` of the group `image`.
    init(_ name: String, _ rest: [String]) throws(CommandFailure) {
        if let group = CommandGroup(named: name) {
            let rest = group.completed(rest)
            guard let word = rest.first, !word.hasPrefix("-") else { throw group.withoutCommand(rest) }
            guard let type = group.command(named: word) else { throw group.unknown(word) }
            self.type = type
            arguments = Array(rest.dropFirst())
        } else {
            guard let type = commandType(named: name) else { throw Self.unknown(name) }
            self.type = type
            arguments = rest
        }
    }

    /// For messages about a line that may name no command.
    static func type(_ name: String, _ rest: [String]) -> (any RoostCommand.Type)? {
        if let group = CommandGroup(named: name) { return group.completed(rest).first.flatMap(group.command(named:)) }
        return commandType(named: name)
    }

    private static func unknown(_ name: String) -> CommandFailure {
        if let reason = unsupportedCommands[name] { return CommandFailure("roost \(name): \(reason)") }
        let known = listedCommands + imageShortcutNames + CommandGroup.names
        let advice = Suggestion.clause(for: name, in: known) ?? "see roost --help"
        return CommandFailure("unknown command \"\(name)\" for \"roost\"; \(advice)")
    }
}

/// Commands about one kind of thing, behind one word: `roost image …`.
struct CommandGroup {
    let name: String
    let abstract: String
    /// The names that help lists.
    let commands: [String]
    /// What is meant where no command is named.
    private var ordinary: String?
    private let find: (String) -> (any RoostCommand.Type)?

    init?(named name: String) {
        self.name = name
        switch name {
        case "image":
            abstract = "Manage images"
            (commands, find) = (imageCommandNames, imageCommandType(named:))
        case "network":
            abstract = "Manage networks"
            (commands, find) = (networkCommandNames, networkCommandType(named:))
        case "system":
            abstract = "Look at what Roost keeps on the disk, and clear it up"
            (commands, find) = (["df", "prune"], systemCommandType(named:))
        case "bundle":
            abstract = "Carry a whole stack to a host without a network"
            (commands, find) = (["load", "save"], bundleCommandType(named:))
        case "jobs":
            abstract = "Look at what runs to its end, and start it"
            ordinary = "ls"
            (commands, find) = (["ls", "run"], jobCommandType(named:))
        case "rollout":
            abstract = "Look at what was wanted of a stack, and go back to it"
            (commands, find) = (["history", "undo"], rolloutCommandType(named:))
        case "volume":
            abstract = "Manage volumes"
            (commands, find) = (["create", "inspect", "ls", "prune", "rm"], volumeCommandType(named:))
        default: return nil
        }
    }

    static let names = ["bundle", "image", "jobs", "network", "rollout", "system", "volume"]

    /// The words after the group's name, with the command that is meant in front of them.
    fileprivate func completed(_ rest: [String]) -> [String] {
        guard let ordinary, rest.first?.hasPrefix("-") ?? true else { return rest }
        return [ordinary] + rest
    }

    /// Whether the arguments ask for the group's help: `--help`, or nothing at all.
    func isHelpWanted(_ rest: [String]) -> Bool {
        rest.isEmpty ? ordinary == nil : ["-h", "--help", "help"].contains(rest[0])
    }

    func command(named name: String) -> (any RoostCommand.Type)? { find(name) }

    func help() -> String {
        var text = "OVERVIEW: \(abstract)\n\nUSAGE: roost \(name) COMMAND\n\nCOMMANDS:\n"
        for command in commands {
            guard let type = find(command) else { continue }
            text += "  " + padded(command, to: 22) + "  " + type.configuration.abstract + "\n"
        }
        return text + "\nRun 'roost \(name) COMMAND --help' for more information on a command.\n"
    }

    fileprivate func unknown(_ word: String) -> CommandFailure {
        let advice = Suggestion.clause(for: word, in: commands) ?? "see roost \(name) --help"
        return CommandFailure("unknown command \"\(word)\" for \"roost \(name)\"; \(advice)")
    }

    fileprivate func withoutCommand(_ rest: [String]) -> CommandFailure {
        guard let word = rest.first else {
            return CommandFailure("roost \(name) needs a command; see roost \(name) --help")
        }
        return CommandFailure("unknown flag: \(word)")
    }
}
