import ControlAPI
import Planning
import StackModel
import Volumes

extension StackController {
    /// Removes the stack's containers that don't run, and its networks if no container stays.
    func prune(_ request: PruneRequest, events: EventSink) async throws -> Outcome {
        try await serialized(request.caller, events: events) {
            let until = request.until.map { Instant(nanoseconds: $0) }
            let plan = try Plan.prune(observed: try await self.observe(), until: until)
            try await PlanExecutor(controller: self, stack: nil, events: events).run(plan)
            return Outcome(unchanged: plan.isEmpty)
        }
    }
}

extension Supervisor {
    /// `system prune`, but for the images: containers that don't run, networks without containers and, if asked to,
    /// anonymous volumes that no container uses.
    func prune(_ request: PruneRequest, events: EventSink) async throws -> Outcome {
        for controller in all {
            _ = try await controller.prune(request, events: events)
            await forgetIfEmpty(controller.name)
        }
        guard request.volumes else { return Outcome() }
        let used = try ContainerOnDisk.all(engine.locations).reduce(into: Set<String>()) { $0.formUnion($1.volumes) }
        for volume in try engine.volumes.store.list()
        where volume.record.isAnonymous && !used.contains(volume.record.name) {
            let id = "Volume \(volume.record.name)"
            events.working(id, "Removing")
            try engine.volumes.store.remove(volume.record.name)
            events.done(id, "Removed")
        }
        return Outcome()
    }
}
