import ControlAPI
import Glibc
import Kernel

// A supervisor of another build gives way to this command's own: after an upgrade under running stacks, or a developer's
// new build. It is seen by the process at the other end of the connection and needs no words, so it works with every
// version. The old supervisor leaves between two steps; containers and their logs don't notice.
extension SupervisorStart {
    /// How long a supervisor may take to finish the step that it is at. Seconds.
    private static let longestStep: Int64 = 60

    /// Replaces the supervisor at the other end by this command's own, if it is of another build.
    ///
    /// - Returns: whether it did.
    func replaceIfForeign(_ connection: ControlConnection) async throws -> Bool {
        guard let peer = foreignPeer(of: connection) else { return false }
        // Shims would bring the old one back, and other commands theirs, if they were quicker.
        let turn = try LockWait.wait(for: locations.startLock, milliseconds: Self.patience)
        let process: ProcessDescriptor
        do throws(KernelError) {
            process = try ProcessDescriptor(pid: peer)
        } catch {
            // It has left by itself.
            return true
        }
        // Its number may be another process's by now; but not if it still holds its end of the connection.
        guard !connection.isClosed else { return true }
        try await makeLeave(process, peer)
        try start()
        _ = consume turn
        return true
    }

    private func makeLeave(_ process: borrowing ProcessDescriptor, _ pid: Int32) async throws {
        do {
            try process.signal(SIGTERM)
            let deadline = ContinuousClock.now + .seconds(Self.longestStep)
            try await Waiting.readable(process.descriptor.number, until: deadline)
        } catch let error as KernelError where error.errno == ESRCH {
        } catch let error as KernelError where error.errno == ETIMEDOUT {
            throw CommandFailure(
                "the supervisor (pid \(pid)) is of another build and doesn't leave within \(Self.longestStep) s; "
                    + "wait until its commands are through, or end it: containers go on without it")
        }
    }

    private func foreignPeer(of connection: ControlConnection) -> Int32? {
        // `nil`: nothing to go by, as for a user who isn't the supervisor's, or without a supervisor of one's own.
        guard let peer = connection.peer, let running = ExecutableIdentity(ofProcess: peer),
            let own = ExecutableIdentity(program), running != own
        else { return nil }
        return peer
    }
}
