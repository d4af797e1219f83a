import Containers
import Planning
import StackModel

/// Looks at everything that a plan is made from.
struct StackObserver: Sendable {
    let name: String
    let table: ContainerTable
    let effects: any StackEffects

    /// What exists of the stack now.
    ///
    /// - Parameter wanted: the stack as it is wanted, where a plan for that is made.
    func observe(for wanted: Stack? = nil) async throws -> ObservedStack {
        var containers: [ObservedContainer] = []
        for container in await table.containers(of: name) {
            // The news of an end may still be on its way; what is true counts.
            await container.refresh()
            containers.append(await container.snapshot.observed)
        }
        var observed = ObservedStack(
            name: name, containers: containers, networks: try await effects.networks(of: name),
            volumes: try await effects.volumes(of: name))
        await observeUsers(&observed)
        guard let wanted else { return observed }
        try await observeExternals(wanted, &observed)
        try await observeImages(wanted, &observed)
        observed.contents = wanted.services.mapValues(contents)
        return observed
    }

    /// Who else uses what the stack has.
    private func observeUsers(_ observed: inout ObservedStack) async {
        if observed.networks.isEmpty && observed.volumes.isEmpty { return }
        for container in await table.all {
            let snapshot = await container.snapshot
            guard snapshot.record.stack != name else { continue }
            let isUp = snapshot.machine.processes != nil || snapshot.machine.isStarting
            for network in snapshot.record.networkNames
            where isUp && observed.networks[network] != nil {
                observed.networkUsers[network, default: []].append(snapshot.record.name)
            }
            for volume in Set(snapshot.record.volumes.values.map(\.name)) where observed.volumes[volume] != nil {
                observed.volumeUsers[volume, default: []].append(snapshot.record.name)
            }
        }
    }

    private func observeExternals(_ wanted: Stack, _ observed: inout ObservedStack) async throws {
        for network in wanted.networks.values where network.external {
            if try await effects.networkExists(network.name) { observed.externalNetworks.insert(network.name) }
        }
        for volume in wanted.volumes.values where volume.external {
            if try await effects.volumeExists(volume.name) { observed.externalVolumes.insert(volume.name) }
        }
    }

    private func observeImages(_ wanted: Stack, _ observed: inout ObservedStack) async throws {
        for service in wanted.services.values.sorted(by: { $0.name < $1.name })
        where observed.images[service.imageKey] == nil {
            observed.images[service.imageKey] = try await effects.storedImage(
                service.image, platform: service.platform)
        }
    }

    // MARK: Contents

    /// The digests of the files whose content a service's containers are made from, by the path of the setting.
    private func contents(of service: Service) -> [String: String] {
        var digests: [String: String] = [:]
        for (kind, grants) in [("secrets", service.container.secrets), ("configs", service.container.configs)] {
            for grant in grants {
                guard case .file(let path) = grant.content else { continue }
                digests["\(kind).\(grant.source)"] = effects.digest(ofFile: path)
            }
        }
        for mount in service.container.volumes where mount.readOnly {
            // A container may write to the others: what it wrote itself is no reason to start it anew.
            guard case .bind(let path, _, _) = mount.source else { continue }
            digests["volumes.\(mount.target)"] = effects.digest(ofFile: path)
        }
        return digests
    }
}
