import ControlAPI
import Kernel
import Networks
import StackModel

/// A network that this instance made, kept in `networks/NAME.json`.
struct NetworkRecord: Codable, Sendable {
    var definition: StackNetwork
    /// The stack that it was made for.
    var stack: String
    /// The link name of its bridge.
    var bridge: String
}

/// The networks on disk: what exists, and which addresses are given out.
struct NetworkStore: Sendable {
    let directory: String

    func load() throws -> (records: [String: NetworkRecord], ledger: AddressLedger) {
        var records: [String: NetworkRecord] = [:]
        for file in try Directory.names(in: directory) where file.hasSuffix(".json") && file != "ledger.json" {
            let record = try JSON.decode(NetworkRecord.self, from: Files.read(directory + "/" + file))
            records[record.definition.name] = record
        }
        guard Files.exists(directory + "/ledger.json") else { return (records, AddressLedger()) }
        return (records, try JSON.decode(AddressLedger.self, from: Files.read(directory + "/ledger.json")))
    }

    func save(_ record: NetworkRecord) throws {
        try Files.makeDirectories(directory)
        try Files.replace(path(record.definition.name), with: JSON.encode(record))
    }

    func save(_ ledger: AddressLedger) throws {
        try Files.makeDirectories(directory)
        try Files.replace(directory + "/ledger.json", with: JSON.encode(ledger))
    }

    func remove(_ name: String) throws { try Files.remove(path(name)) }

    /// A name may have characters that a file name can't.
    private func path(_ name: String) -> String {
        let safe = name.map { $0 == "/" || $0 == "\0" ? "_" : String($0) }.joined()
        return "\(directory)/\(safe).json"
    }
}
