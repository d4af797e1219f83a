/// A command that can't be carried out: one line (or several, where a culprit's log follows) for the user.
struct CommandFailure: Error, CustomStringConvertible {
    var description: String
    /// What the process ends with. Compose ends with 1 for everything but a container's own code and an interrupt.
    var exitCode: Int32 = 1

    init(_ description: String, exitCode: Int32 = 1) {
        self.description = description
        self.exitCode = exitCode
    }
}

extension CommandFailure {
    static func noSuchService(_ name: String) -> CommandFailure { CommandFailure("no such service: \(name)") }

    static func notSupportedYet(_ what: String) -> CommandFailure { CommandFailure("\(what) is not supported yet") }
}

/// The command has said everything there is to say and ends with this code.
struct SilentExit: Error {
    var exitCode: Int32
}

/// The exit code of a program that the user interrupted: 128 + SIGINT.
let interruptedExitCode: Int32 = 130
