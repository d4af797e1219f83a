import Builds
import Containers
package import ControlAPI
import Kernel
import StackModel

/// Single containers, by name or id.
extension Supervisor {
    package func rename(_ name: String, _ request: RenameRequest) async throws {
        let container = try await found(name)
        do {
            try await table.rename(container.id, to: request.name)
        } catch let error as ContainerError {
            throw SupervisorRefusal(.conflict, error.description)
        }
    }

    package func update(_ name: String, _ request: ContainerUpdate) async throws {
        let container = try await found(name)
        var spec = await container.record.spec
        try request.apply(to: &spec.settings)
        do {
            try await container.update(spec)
        } catch {
            throw SupervisorRefusal(.conflict, "update of \(name): \(error)")
        }
    }

    package func changes(of name: String) async throws -> [FileChange] {
        let record = try await found(name).record
        let holder = "diff \(Files.unforeseenName())"
        do {
            let below = try await engine.containers.holdLayers(record.layers, for: holder)
            let upper = engine.locations.upperDirectory(of: record.id)
            let found = try await ContainerChanges(upper: upper, below: below).changes
            await engine.containers.releaseLayers(holder)
            return found.map { FileChange(kind: FileChange.Kind($0.kind), path: $0.path) }
        } catch {
            await engine.containers.releaseLayers(holder)
            if error is CancellationError { throw error }
            throw SupervisorRefusal(.conflict, "diff of \(name): \(error)")
        }
    }
}

extension FileChange.Kind {
    fileprivate init(_ kind: ContainerChanges.Kind) {
        switch kind {
        case .changed: self = .changed
        case .added: self = .added
        case .deleted: self = .deleted
        }
    }
}

extension ContainerUpdate {
    fileprivate func apply(to settings: inout ContainerSettings) throws(SupervisorRefusal) {
        var limits = settings.resources
        limits.memLimit = memory ?? limits.memLimit
        limits.memswapLimit = memoryAndSwap ?? limits.memswapLimit
        limits.memReservation = memoryReservation ?? limits.memReservation
        limits.cpuShares = cpuShares ?? limits.cpuShares
        limits.cpuset = cpuset ?? limits.cpuset
        limits.pidsLimit = pids ?? limits.pidsLimit
        if milliCPUs != nil && (cpuQuota != nil || cpuPeriod != nil) {
            throw SupervisorRefusal(.conflict, "conflicting options: --cpus says what --cpu-quota and --cpu-period do")
        }
        if let milliCPUs { (limits.milliCPUs, limits.cpuQuota, limits.cpuPeriod) = (milliCPUs, nil, nil) }
        if cpuQuota != nil || cpuPeriod != nil { limits.milliCPUs = nil }
        limits.cpuQuota = cpuQuota ?? limits.cpuQuota
        limits.cpuPeriod = cpuPeriod ?? limits.cpuPeriod
        if let memory = limits.memLimit, let swap = limits.memswapLimit, swap >= 0, swap < memory {
            throw SupervisorRefusal(
                .conflict, "memory limit should be smaller than the limit of memory and swap: update --memory-swap, too"
            )
        }
        settings.resources = limits
        guard let restart else { return }
        guard let policy = RestartPolicy(attribute: restart) else {
            throw SupervisorRefusal(
                .conflict, "\"\(restart)\" is not a restart policy: use no, always, on-failure[:N] or unless-stopped")
        }
        settings.restart = policy
    }
}
