import Addressing
public import ControlAPI
public import NIOCore
public import Networks
import Planning
public import StackModel

/// The networks of all stacks: it owns the table of endpoints, the ledger of addresses and the sockets of the name
/// service. Subnets, ports and bridges are the host's, so one actor gives them out. What it decides, pure functions of
/// `Networks` decide.
public actor NetworkController {
    let effects: any NetworkEffects
    /// Tells instances apart in names of links and tables.
    let instance: String
    let group: any EventLoopGroup
    let directory: NameDirectory
    /// What can't be read of the networks on disk, in the user's words.
    public nonisolated let problems: [String]

    var records: [String: NetworkRecord]
    var ledger: AddressLedger
    var table = EndpointTable()
    /// The processes of the containers in the table that run.
    var processes: [String: ContainerProcesses] = [:]
    var services: [String: NameService] = [:]
    /// The containers whose links are being changed.
    var moving: Set<String> = []
    /// The ends of patience with containers that are awaited.
    var expectations: [String: Task<Void, Never>] = [:]
    /// See ``Ruleset/openedLinks``.
    private var openedLinks: [String] = []
    /// Networks whose bridge was made, or found as it should be, by this supervisor.
    private var ready: Set<String> = []
    /// Networks that are being removed: the rules don't speak of them any more.
    private var leaving: Set<String> = []
    /// What this supervisor told the kernel, by stack.
    private var applied: [String: Ruleset] = [:]

    public init(locations: Locations, instance: String, group: any EventLoopGroup) throws {
        let store = NetworkStore(directory: locations.root + "/networks")
        let links = OpenedLinks(path: locations.runRoot + "/opened-links")
        try self.init(effects: HostNetworkEffects(store: store, openedLinks: links), instance: instance, group: group)
    }

    init(effects: any NetworkEffects, instance: String, group: any EventLoopGroup) throws {
        let content = try effects.load()
        let pool = AddressLedger.uniqueLocalPool(of: instance)
        self.effects = effects
        self.instance = instance
        self.group = group
        records = content.records
        ledger = content.ledger ?? AddressLedger()
        ledger.offer(pool)
        problems = content.problems
        directory = NameDirectory(NetworkView(instance: instance))
    }

    // MARK: What there is

    /// The networks made for a stack, by their name on the host.
    public func definitions(of stack: String) -> [String: StackNetwork] {
        records.values.filter { $0.stack == stack }.reduce(into: [:]) { $0[$1.definition.name] = $1.definition }
    }

    public func exists(_ name: String) -> Bool { records[name] != nil }

    /// The containers, of any stack, that are on a network or about to be; as long as there are any, it stays.
    public func users(of network: String) -> [EndpointTable.Endpoint] { table.users(of: network) }

    /// Everything that rules and names follow from.
    var view: NetworkView {
        let networks = records.values.compactMap { record -> HostedNetwork? in
            let name = record.definition.name
            guard !leaving.contains(name), let leases = ledger.networks[name] else { return nil }
            return HostedNetwork(
                name: name, stack: record.stack, bridge: record.bridge, subnets: leases.subnets.map(\.subnet),
                isInternal: record.definition.isInternal)
        }
        return NetworkView(table: table, networks: networks, instance: instance, openedLinks: openedLinks)
    }

    /// The stack's rules as they should be.
    public func ruleset(of stack: String) -> Ruleset { view.ruleset(of: stack) }

    // MARK: Making and removing

    /// Makes a network, or makes whole what there is of it.
    public func create(_ network: StackNetwork, stack: String) throws {
        if records[network.name]?.byHand != nil {
            throw ContainerError(
                "network \(network.name) was made by hand, and not for stack \(stack): set `external: true` to use it")
        }
        try create(network, stack: stack, byHand: nil)
    }

    /// Makes a network that belongs to no stack.
    ///
    /// - Returns: its id.
    public func createByHand(_ network: StackNetwork, isAttachable: Bool) throws -> String {
        guard records[network.name] == nil else {
            throw ContainerError("network with name \(network.name) already exists")
        }
        do {
            return try create(network, stack: "", byHand: NetworkRecord.HandMade(isAttachable: isAttachable))
        } catch {
            // Nobody would do it once more. `try?`: why it can't be made says more.
            _ = try? remove(network.name)
            throw error
        }
    }

    @discardableResult
    private func create(_ network: StackNetwork, stack: String, byHand: NetworkRecord.HandMade?) throws -> String {
        guard network.driver == "bridge" || network.driver.isEmpty else {
            throw ContainerError("network \(network.name): there is no driver \"\(network.driver)\", only bridge")
        }
        var record = NetworkRecord(definition: network, stack: stack, bridge: bridge(of: network.name))
        record.created = effects.now()
        record.byHand = byHand
        try make(records[network.name] ?? record, wanted: record)
        return record.id(instance: instance)
    }

    /// Makes whole again what a kill, or somebody else, has left of a network.
    func ensure(_ name: String) throws {
        guard let record = records[name] else { throw EndpointRequest.missing(name) }
        try make(record, wanted: record)
    }

    private func make(_ existing: NetworkRecord, wanted: NetworkRecord) throws {
        let traces = try traces(of: wanted.definition.name)
        let record = traces.hasRecord && traces.hasSubnets ? existing : wanted
        for step in traces.creation { try perform(step, record) }
    }

    /// Removes a network that nothing is attached to any more.
    /// - Returns: false if a container still is on it; then it stays.
    public func remove(_ name: String) throws -> Bool {
        guard table.users(of: name).isEmpty else { return false }
        let record =
            records[name]
            ?? NetworkRecord(definition: StackNetwork(name: name), stack: "", bridge: bridge(of: name))
        leaving.insert(name)
        defer { leaving.remove(name) }
        for step in try traces(of: name).removal { try perform(step, record) }
        return true
    }

    private func bridge(of network: String) -> String { LinkNames.bridge(network: instance + "/" + network) }

    private func traces(of name: String) throws -> NetworkTraces {
        NetworkTraces(
            hasRecord: records[name] != nil, hasSubnets: ledger.networks[name] != nil,
            hasBridge: try ready.contains(name) && effects.hasLink(records[name]?.bridge ?? bridge(of: name)))
    }

    private func perform(_ step: NetworkStep, _ record: NetworkRecord) throws {
        let name = record.definition.name
        switch step {
        case .giveSubnets:
            var changed = ledger
            try changed.addNetwork(
                name, SubnetRequest.requests(of: record.definition), hostRoutes: effects.routedSubnets())
            try keep(changed)
        case .takeSubnets:
            var changed = ledger
            changed.removeNetwork(name)
            try keep(changed)
        case .writeRecord:
            try effects.save(record)
            records[name] = record
        case .removeRecord:
            // With the last network, while there still is a record that says so.
            if records.keys.allSatisfy({ $0 == name }) { try effects.closeLinks() }
            try effects.removeRecord(name)
            records[name] = nil
        case .makeBridge:
            guard let leases = ledger.networks[name] else { return }
            try effects.makeBridge(Bridge(name: record.bridge, of: leases))
            openedLinks = try effects.openLinks()
            ready.insert(name)
        case .removeBridge:
            ready.remove(name)
            try effects.removeBridge(record.bridge)
        case .applyRules, .removeRules:
            try refresh(record.stack)
        }
    }

    /// Changes the ledger on disk, then here: what isn't written down isn't given out.
    func keep(_ changed: AddressLedger) throws {
        guard changed != ledger else { return }
        try effects.save(changed)
        ledger = changed
    }

    // MARK: Rules

    /// Brings the kernel's table to what it should be, in one transaction, if it isn't.
    func refresh(_ stack: String) throws {
        let wanted = ruleset(of: stack)
        if wanted.networks.isEmpty && wanted.ports.isEmpty {
            try effects.removeTable(wanted.table)
            applied[stack] = nil
            return
        }
        // Somebody may have flushed the host's rules.
        if try applied[stack] == wanted && effects.hasTable(wanted.table) { return }
        try effects.apply(wanted, earlier: applied[stack])
        if applied.updateValue(wanted, forKey: stack) == nil { try effects.removeEarlierTable(wanted.table) }
    }
}
