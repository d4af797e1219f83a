import Containers
import ControlAPI
import Glibc
import Kernel
import Logging
import Planning
import Sandboxes

/// What keeps stacks as they are wanted between commands.
extension Supervisor {
    /// Looks after the stacks until the task is cancelled: once now, and whenever something of theirs ends or vanishes.
    package func lookAfterStacks() async {
        for controller in all { await controller.attend() }
        await withDiscardingTaskGroup { group in
            group.addTask { await self.attention.each { await self.existing($0)?.attend() } }
            group.addTask { await self.watchDirectories() }
            group.addTask { await self.removeEnded() }
            group.addTask { await self.engine.containers.networks.watch(log: self.engine.log) }
        }
        // What is being done ends between two steps.
        for controller in all { await controller.rest() }
    }

    /// Sees containers and volumes that somebody removes behind Roost's back.
    private func watchDirectories() async {
        do {
            let changes = try Inotify()
            let mask = UInt32(IN_DELETE | IN_MOVED_FROM)
            let containers = try changes.watch(engine.locations.root + "/containers", mask: mask)
            _ = try changes.watch(engine.locations.root + "/volumes", mask: mask)
            while !Task.isCancelled {
                await Readiness.readable(changes.descriptor.number)
                for event in try changes.events() {
                    guard event.watch == containers else {
                        for controller in all { attention.call(controller.name) }
                        continue
                    }
                    if let stack = await table.stack(of: event.name) { attention.call(stack) }
                }
            }
        } catch {
            engine.log.warning("what is removed behind Roost's back is only seen by the next command: \(error)")
        }
    }

    /// Removes containers that somebody wanted for one run only, as long as the supervisor runs.
    private func removeEnded() async {
        for await id in ended {
            do {
                guard let container = await table[id], await container.machine.run.finished != nil else { continue }
                try await remove(container, volumes: true)
            } catch is CancellationError {
                return
            } catch {
                engine.log.error("container \(id.prefix(12)) stays: \(error)")
            }
        }
    }

    /// Removes a container when what its run had is taken away.
    func remove(_ container: Container, volumes: Bool) async throws {
        do {
            _ = try await container.wait { now, isBusy in now.machine.isAtRest && !isBusy ? true : nil }
        } catch is ContainerError {
            // It is being removed already.
        }
        let stack = await container.record.stack
        try await table.remove(container.id, volumes: volumes)
        await forgetIfEmpty(stack)
    }
}
