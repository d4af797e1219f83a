import Glibc

/// Does work of this process until it is finished or the user interrupts it. What was begun then ends in its own order,
/// so that nothing half done is left without its name; a second Ctrl-C doesn't wait for that.
func interruptible<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
    let interrupts = Interrupts()
    return try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            guard await interrupts.next() else { return nil }
            for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
            return nil
        }
        defer { group.cancelAll() }
        if let result = try await group.next() ?? nil { return result }
        group.cancelAll()
        do {
            // Work that was about to end when the signal came has its result all the same.
            if let result = try await group.next() ?? nil { return result }
        } catch {
            throw SilentExit(exitCode: interruptedExitCode)
        }
        throw SilentExit(exitCode: interruptedExitCode)
    }
}
