import ControlAPI

extension Context {
    /// Has the supervisor do something about images, shows its progress, and returns what came of it. Ctrl-C ends the
    /// work and this command with code 130.
    ///
    /// `operation` is the word in the live header; `result` takes what was asked for out of the answer.
    func work<Value: Sendable>(
        _ request: ControlRequest<CommandEvent>, operation: String, quiet: Bool = false,
        _ result: @escaping @Sendable (CommandResult?) -> Value?
    ) async throws -> Value {
        let client = client()
        let end = try await interruptible {
            try await self.carryOut(request, operation: operation, quiet: quiet, client: client)
        }
        guard let value = result(end.result) else {
            throw CommandFailure("the supervisor's answer has another form: it is of another version")
        }
        return value
    }
}
