import ControlAPI
import Planning
import StackModel
import Volumes

/// The commands that change a stack: each observes, plans, and has the plan carried out.
extension StackController {
    /// `up`.
    func up(_ request: UpRequest, events: EventSink) async throws -> Outcome {
        try await serializedOnBehalf(of: request.registryEnvironment, request.caller, events: events) {
            var options = PlanOptions()
            options.services = request.services
            options.scale = request.scale
            options.forceRecreate = request.forceRecreate
            options.noRecreate = request.noRecreate
            options.alwaysRecreateDeps = request.alwaysRecreateDependencies
            options.noDeps = request.noDependencies
            options.removeOrphans = request.removeOrphans
            options.renewAnonVolumes = request.renewAnonymousVolumes
            options.pull = request.pull
            options.noStart = request.noStart
            options.waitHealthy = request.wait
            options.timeout = request.stopTimeout
            guard request.wait, let limit = request.waitTimeout, limit.nanoseconds > 0 else {
                return try await self.converge(request, options, events: events)
            }
            return try await Self.within(limit) { [options] in
                try await self.converge(request, options, events: events)
            }
        }
    }

    private func converge(_ request: UpRequest, _ wanted: PlanOptions, events: EventSink) async throws -> Outcome {
        var options = wanted
        let stack = request.stack
        try await checkExternals(stack)
        warnOfHostAddresses(stack, events)
        var found = try await lookUpImages(stack)
        if !request.dryRun {
            options.imageAges = try imageAges(stack)
            // What a reference stands for after a pull can't be planned with, so these come first.
            let fresh = try Plan.pull(stack, imageIDs: found, options: options)
            if !fresh.isEmpty {
                try await PlanExecutor(controller: self, stack: stack, events: events).run(fresh)
                found = try await lookUpImages(stack)
            }
            options.imagesAreFresh = true
        }
        let plan = try Plan.up(stack, observed: try await observe(), imageIDs: found, options: options)
        plan.warnings.forEach(events.warning)
        if request.dryRun {
            events.send(.plan(plan.text))
            return Outcome(unchanged: plan.isEmpty)
        }
        explain(plan, events)
        try await PlanExecutor(controller: self, stack: stack, events: events).run(plan)
        return Outcome(unchanged: plan.isEmpty)
    }

    /// Why something that exists is replaced, restarted or removed: one line a service and cause.
    private func explain(_ plan: Plan, _ events: EventSink) {
        var told: Set<String> = []
        for change in plan.changes where [.recreate, .restart, .remove].contains(change.verb) {
            let line = "\(change.container.service): \(change.verb.rawValue) (\(change.cause))"
            if !change.cause.isEmpty && told.insert(line).inserted { events.notice(line) }
        }
    }

    /// What the stack only uses must be there before anything is stopped for it.
    private func checkExternals(_ stack: Stack) async throws {
        for network in stack.networks.values where network.external {
            guard await engine.networks.exists(network.name) else {
                throw OperationError("network \(network.name) declared as external, but could not be found")
            }
        }
        for volume in stack.volumes.values where volume.external {
            guard try engine.volumes.store.find(volume.name) != nil else {
                throw OperationError("external volume \"\(volume.name)\" not found")
            }
        }
    }

    private func warnOfHostAddresses(_ stack: Stack, _ events: EventSink) {
        for service in stack.services.values {
            for address in Set(service.container.ports.compactMap(\.hostIP)) where address.contains(":") {
                events.warning("\(service.name): ports on the IPv6 address \(address) are not published yet")
            }
        }
    }

    /// `down`.
    func down(_ request: DownRequest, events: EventSink) async throws -> Outcome {
        try await serialized(request.caller, events: events) {
            var options = LifecycleOptions()
            options.services = request.services
            options.timeout = request.timeout
            options.removeOrphans = request.removeOrphans
            options.volumes = request.removeVolumes
            let stack = request.knownServices.map { known in
                Stack(
                    name: self.name, workingDirectory: "/",
                    services: known.reduce(into: [:]) { $0[$1] = Service(name: $1, image: "") })
            }
            let plan = try Plan.down(observed: try await self.observe(), stack: stack, options: options)
            return try await self.carryOut(plan, dryRun: request.dryRun, events: events)
        }
    }

    /// `stop`, `start`, `restart` and `kill`.
    func signal(_ command: String, _ request: SignalRequest, events: EventSink) async throws -> Outcome {
        try await serialized(request.caller, events: events) {
            var options = LifecycleOptions()
            options.services = request.services
            options.timeout = request.timeout
            options.signal = request.signal ?? "SIGKILL"
            let observed = try await self.observe()
            let plan =
                switch command {
                case "stop": try Plan.stop(observed: observed, options: options)
                case "start": try Plan.start(observed: observed, options: options)
                case "restart": try Plan.restart(observed: observed, options: options)
                default: try Plan.kill(observed: observed, options: options)
                }
            return try await self.carryOut(plan, dryRun: request.dryRun, events: events)
        }
    }

    private func carryOut(_ plan: Plan, dryRun: Bool, events: EventSink) async throws -> Outcome {
        plan.warnings.forEach(events.warning)
        if dryRun {
            events.send(.plan(plan.text))
        } else {
            try await PlanExecutor(controller: self, stack: nil, events: events).run(plan)
        }
        return Outcome(unchanged: plan.isEmpty)
    }

    /// Ends the work with an error when its time is over.
    private static func within(
        _ limit: TimeSpan, _ work: @escaping @Sendable () async throws -> Outcome
    ) async throws -> Outcome {
        try await withThrowingTaskGroup(of: Outcome.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: limit.duration)
                throw OperationError("not everything was ready after \(limit) (--wait-timeout)")
            }
            defer { group.cancelAll() }
            guard let outcome = try await group.next() else { throw CancellationError() }
            return outcome
        }
    }
}
