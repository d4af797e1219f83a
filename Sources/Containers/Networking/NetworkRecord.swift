import ControlAPI
import Kernel
import Networks
import StackModel

/// A network that this instance made, kept in `networks/NAME.json`.
struct NetworkRecord: Codable, Equatable, Sendable {
    /// The version of this form; nil in the first, which is the same otherwise.
    var version: Int? = 2
    var definition: StackNetwork
    /// The stack that it was made for; empty for none.
    var stack: String
    /// The link name of its bridge.
    var bridge: String
    /// Nanoseconds since 1970; records of before don't say.
    var created: Int64?
    /// A user made it by hand: only a user takes it away.
    var byHand: HandMade?

    /// What a user said of a network beside its definition.
    struct HandMade: Codable, Equatable, Sendable {
        /// It is shown, and nothing else: every container may join every network of its host.
        var isAttachable: Bool
    }

    /// 64 hexadecimal digits.
    func id(instance: String) -> String {
        stableIdentifier("\(instance)/\(definition.name)/\(created ?? 0)")
    }
}

/// The networks on disk: what exists, and which addresses are given out.
struct NetworkStore: Sendable {
    let directory: String

    /// What is there.
    struct Content: Sendable {
        var records: [String: NetworkRecord] = [:]
        var ledger: AddressLedger?
        /// What can't be read, in the user's words. It is left as it is.
        var problems: [String] = []
    }

    /// - Throws: if the ledger can't be read: without it, addresses would be given out twice.
    func load() throws -> Content {
        var content = Content()
        for file in try Directory.names(in: directory) where file.hasSuffix(".json") && file != "ledger.json" {
            let path = directory + "/" + file
            do {
                let record = try JSON.decode(NetworkRecord.self, from: Files.read(path))
                content.records[record.definition.name] = record
            } catch {
                content.problems.append(Self.problem(path))
            }
        }
        let path = directory + "/ledger.json"
        guard Files.exists(path) else { return content }
        do {
            content.ledger = try JSON.decode(AddressLedger.self, from: Files.read(path))
        } catch let error as DecodingError {
            throw ContainerError("the ledger of addresses \(path) can't be read: \(Self.reason(error))")
        }
        return content
    }

    private static func problem(_ path: String) -> String {
        "the network of \(path) can't be read: it is damaged, or of a later version of Roost; use that one, or remove the "
            + "file once nothing is on the network"
    }

    private static func reason(_ error: DecodingError) -> String {
        switch error {
        case .dataCorrupted(let context): context.debugDescription
        default: "\(error)"
        }
    }

    /// - Throws: if something stands there that can't be read: it may mean more than this knows.
    func save(_ record: NetworkRecord) throws {
        try Files.makeDirectories(directory)
        let path = path(record.definition.name)
        if Files.exists(path), (try? JSON.decode(NetworkRecord.self, from: Files.read(path))) == nil {
            throw ContainerError(Self.problem(path))
        }
        try Files.replace(path, with: JSON.encode(record))
    }

    func save(_ ledger: AddressLedger) throws {
        try Files.makeDirectories(directory)
        try Files.replace(directory + "/ledger.json", with: JSON.encode(ledger))
    }

    func remove(_ name: String) throws { try Files.remove(path(name)) }

    /// A name may have characters that a file name can't, and may be that of the ledger.
    private func path(_ name: String) -> String {
        if name == "ledger" { return directory + "/ledger=.json" }
        let safe = name.map { $0 == "/" || $0 == "\0" ? "_" : String($0) }.joined()
        return "\(directory)/\(safe).json"
    }
}
