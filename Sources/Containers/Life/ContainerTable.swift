public import Images
public import OCI
public import Planning
public import StackModel

/// All containers of this instance by their ids, whoever owns them; and who has which name: names are the host's.
public actor ContainerTable {
    public nonisolated let effects: any ContainerEffects
    private var containers: [String: Container] = [:]
    private var owners: [String: ContainerOwner] = [:]
    private var names = ContainerNames()
    private var unreadable: [UnreadableRecord] = []
    private var halfMade: Set<String> = []
    /// Removals that are under way.
    private var removals: [String: Task<Void, any Error>] = [:]
    private let news: @Sendable (ContainerRecord, ContainerNews) -> Void

    /// - Parameter news: told what happens to containers, in the order in which it happens to each.
    public init(effects: any ContainerEffects, news: @escaping @Sendable (ContainerRecord, ContainerNews) -> Void) {
        self.effects = effects
        self.news = news
    }

    // MARK: Reading

    public subscript(id: String) -> Container? { containers[id] }

    /// The container with this id.
    public func container(_ id: String) throws -> Container {
        guard let container = containers[id] else {
            throw ContainerError("container \(id.prefix(12)) is gone; run the command again")
        }
        return container
    }

    public var all: [Container] { containers.values.sorted { $0.id < $1.id } }

    /// The containers of a stack.
    public func containers(of stack: String) -> [Container] { all.filter { owners[$0.id]?.stack == stack } }

    /// The stack of a container that is to stay; `nil` for one that belongs to none, is unknown, or is being removed.
    public func stack(of id: String) -> String? { removals[id] != nil ? nil : owners[id]?.stack }

    /// The stacks that have a container.
    public var stacks: Set<String> { Set(owners.values.compactMap(\.stack)) }

    /// Where the containers of a stack are now, by name.
    public func snapshots(of stack: String) async -> [ContainerSnapshot] {
        await snapshots(containers(of: stack))
    }

    public func snapshots(_ chosen: [Container]) async -> [ContainerSnapshot] {
        var result: [ContainerSnapshot] = []
        for container in chosen { result.append(await container.snapshot) }
        return result.sorted { ($0.record.name, $0.record.created) < ($1.record.name, $1.record.created) }
    }

    /// The container with this name or id, or with an id that begins so.
    public func find(_ name: String) async -> Container? {
        if let id = names.holder(of: name), let container = containers[id] { return container }
        if let container = containers[name] { return container }
        guard name.count >= 4 else { return nil }
        let matching = containers.keys.filter { $0.hasPrefix(name) }
        return matching.count == 1 ? matching.first.flatMap { containers[$0] } : nil
    }

    /// Containers that are there and that nobody here can read.
    public var unreadableRecords: [UnreadableRecord] { unreadable }

    // MARK: Making and removing

    /// Makes a container; nothing runs yet.
    ///
    /// - Parameters:
    ///   - image: the image with the digest that the specification names.
    ///   - replaced: the container whose place it takes; it may have the same name for a while.
    ///   - keepsVolumes: it takes over that one's anonymous volumes.
    ///   - formerHolder: another one that has its name, and is about to go away.
    public func create(
        _ spec: ContainerSpec, image: ContainerImage, replacing replaced: String? = nil, keepsVolumes: Bool = false,
        formerHolder: String? = nil
    ) async throws -> Container {
        var record = ContainerRecord(
            id: effects.newIdentifier(), created: effects.now.nanoseconds, spec: spec, layers: image.layers,
            defaults: image.defaults)
        record.labels = try ContainerLabels.of(record)
        try names.claim(record, after: Set([replaced, formerHolder].compactMap { $0 }))
        let kept = keepsVolumes ? await replaced.flatMap { containers[$0] }?.record.anonymousVolumes ?? [:] : [:]
        do {
            record = try await effects.make(record, keeping: kept)
        } catch {
            names.release(record)
            throw error
        }
        let container = enter(record, ContainerStatus(of: record))
        news(record, .created)
        return container
    }

    private func enter(_ record: ContainerRecord, _ status: ContainerStatus) -> Container {
        let surroundings = ContainerSurroundings(
            joined: { [weak self] in try await self?.joined(by: $0) ?? JoinedContainers() }, announce: news)
        let container = Container(record, status, effects: effects, surroundings: surroundings)
        containers[record.id] = container
        owners[record.id] = record.owner
        return container
    }

    /// Gives a container another name.
    public func rename(_ id: String, to name: String) async throws {
        guard ContainerNames.isValid(name) else {
            throw ContainerError(
                "invalid container name (\(name)): use letters, digits, \"_\", \".\" and \"-\", a letter or digit first"
            )
        }
        let container = try container(id)
        let old = await container.record
        guard old.name != name else {
            throw ContainerError("container \(name) has this name already")
        }
        var renamed = old
        renamed.spec.name = name
        try names.claim(renamed)
        do {
            try await container.rename(to: name)
            names.release(old)
        } catch {
            names.release(renamed)
            throw error
        }
    }

    /// Removes a container that doesn't run. One that is gone already is what was wanted.
    ///
    /// - Parameter volumes: its anonymous volumes go too, unless another container took them over.
    public func remove(_ id: String, volumes: Bool) async throws {
        if let removal = removals[id] { return try await removal.value }
        let removal = Task(executorPreference: effects.executor) { try await self.removeNow(id, volumes: volumes) }
        removals[id] = removal
        defer { removals[id] = nil }
        try await removal.value
    }

    private func removeNow(_ id: String, volumes: Bool) async throws {
        guard let container = containers[id] else { return }
        let snapshot = await container.snapshot
        guard snapshot.machine.processes == nil && !snapshot.machine.isStarting else {
            throw ContainerError("container \(snapshot.record.name) runs; stop it first")
        }
        await container.close()
        var gone: [String] = []
        if volumes {
            var kept: Set<String> = []
            for other in all where other.id != id {
                kept.formUnion(await other.record.anonymousVolumes.values)
            }
            gone = snapshot.record.anonymousVolumes.values.filter { !kept.contains($0) }
        }
        do {
            try await effects.remove(id, snapshot.record, volumes: gone)
        } catch {
            await container.reopen()
            throw error
        }
        containers[id] = nil
        owners[id] = nil
        names.release(snapshot.record)
        news(snapshot.record, .removed)
    }

    /// Lets go of a stack's containers that somebody removed behind Roost's back: what is left of them goes, too.
    public func forgetVanished(of stack: String) async {
        // `try?`: a directory that can't be listed tells nothing of what is in it.
        guard let there = try? Set(effects.identifiers()) else { return }
        for container in containers(of: stack) where !there.contains(container.id) && removals[container.id] == nil {
            let name = await container.record.name
            effects.complain("\(name): somebody removed it from the disk; what is left of it goes, too")
            do {
                try await container.stop(signal: "SIGKILL", grace: TimeSpan(nanoseconds: 0))
                try await remove(container.id, volumes: false)
            } catch {
                effects.complain("\(name): it can't be removed: \(error)")
            }
        }
    }

    /// The containers whose namespaces and volumes `network_mode`, `pid` and `volumes_from` share.
    private func joined(by record: ContainerRecord) async throws -> JoinedContainers {
        var joined = JoinedContainers()
        if let link = record.settings.networkMode.link {
            joined.network = try await running(link, "network", for: record)
        }
        if let link = record.settings.pid?.link {
            joined.pid = try await running(link, "pid namespace", for: record).processes
        }
        for source in record.settings.volumesFrom ?? [] {
            guard let found = await candidates(source.container, for: record).first?.record else {
                throw ContainerError(
                    "\(record.name): there is no container of \(source.container), whose volumes it sees; make that first"
                )
            }
            joined.volumes.append((found, source.readOnly))
        }
        return joined
    }

    private func running(
        _ link: LinkedContainer, _ what: String, for record: ContainerRecord
    ) async throws -> NetworkSource {
        for snapshot in await candidates(link, for: record) {
            if let processes = snapshot.machine.processes {
                return NetworkSource(record: snapshot.record, processes: processes)
            }
        }
        throw ContainerError("\(record.name): \(link), whose \(what) it shares, is not running; start that first")
    }

    /// What a container may mean by another one, the first choice first.
    private func candidates(_ link: LinkedContainer, for record: ContainerRecord) async -> [ContainerSnapshot] {
        switch link {
        case .service(let name):
            let all = containers(of: record.stack).filter { owners[$0.id]?.service == name }
            return await snapshots(all).sorted { $0.record.number < $1.record.number }
        case .container(let name):
            return await snapshots(await find(name).map { [$0] } ?? [])
        }
    }

    // MARK: Adoption

    /// Takes over what an earlier supervisor left: containers that run go on, those that ended are noted, and what was
    /// half done is removed.
    public func adopt() async throws {
        for id in try effects.identifiers().sorted() {
            do {
                guard let record = try effects.read(id) else {
                    halfMade.insert(id)
                    continue
                }
                names.adopt(record)
                _ = enter(record, effects.status(of: record))
            } catch let error as UnreadableRecord {
                keepAway(error)
            } catch {
                effects.complain("container \(id.prefix(12)) is left as it is: \(error)")
            }
        }
        await sweep()
        await withDiscardingTaskGroup { group in
            for container in all { group.addTask { await container.adopt() } }
        }
    }

    /// Removes what interrupted makings and removals left. What can't be removed is tried again by the next command.
    public func sweep() async {
        for id in halfMade.sorted() {
            do {
                try await effects.remove(id, nil, volumes: [])
                halfMade.remove(id)
            } catch {
                effects.complain("container \(id.prefix(12)) is half made and stays: \(error)")
            }
        }
    }

    /// One that can't be read stays, for somebody who can: it may be of a later version. Its name stays taken, so that
    /// nobody makes its twin.
    private func keepAway(_ error: UnreadableRecord) {
        var error = error
        let outline = effects.outline(ofUnreadable: error.id)
        error.outline = outline
        unreadable.append(error)
        effects.complain("\(error)")
        if let name = outline.name { names.reserve(name, for: error.id) }
    }

    /// Watches what runs, once everything is known.
    public func resume() async {
        await withDiscardingTaskGroup { group in
            for container in all { group.addTask { await container.resume() } }
        }
    }

    /// The containers that run, with the ports that lead to them.
    public func running() async -> [ContainerSnapshot] {
        await snapshots(all).filter { $0.machine.processes != nil }
    }
}

/// What of an image its containers are made from.
public struct ContainerImage: Sendable {
    /// Top first.
    public var layers: [StoredLayer]
    public var defaults: ContainerDefaults

    public init(layers: [StoredLayer], defaults: ContainerDefaults) {
        self.layers = layers
        self.defaults = defaults
    }
}
