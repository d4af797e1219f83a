import ControlAPI
import Kernel

/// The ledgers on disk.
struct LedgerStore: Sendable {
    let locations: Locations

    private struct LedgerVersion: Decodable {
        var version: Int?
    }

    func stacks() throws -> [String] {
        let directory = locations.root + "/stacks"
        guard Files.exists(directory) else { return [] }
        return try Directory.names(in: directory).filter { Files.exists(path($0)) }.sorted()
    }

    /// `nil`: nothing is wanted of the stack.
    func read(_ stack: String) throws -> StackLedger? {
        guard Files.exists(path(stack)) else { return nil }
        let content = try Files.read(path(stack))
        do {
            let version = try JSON.decode(LedgerVersion.self, from: content).version
            guard version == StackLedger.currentVersion else {
                throw OperationError(
                    "stack \(stack): \(path(stack)) has the form \(version ?? 0), of another version of Roost; use that"
                )
            }
            return try JSON.decode(StackLedger.self, from: content)
        } catch let error as OperationError {
            throw error
        } catch {
            throw OperationError("stack \(stack): \(path(stack)) is damaged; remove it, and run up again")
        }
    }

    func save(_ ledger: StackLedger, of stack: String) throws {
        try Files.makeDirectories(locations.stackDirectory(stack), mode: 0o700)
        try Files.replace(path(stack), with: JSON.encode(ledger), mode: 0o600)
    }

    func remove(_ stack: String) throws {
        try Files.remove(path(stack))
        try Directory.remove(locations.stackDirectory(stack))
    }

    private func path(_ stack: String) -> String { locations.stackDirectory(stack) + "/ledger.json" }
}
