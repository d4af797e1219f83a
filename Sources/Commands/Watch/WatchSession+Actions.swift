import ControlAPI
import OCI
import StackModel

extension WatchSession {
    /// Does what the plan says, one thing after the other. What fails is told, and the next change is another chance.
    func carryOut(_ plan: WatchPlan) async throws {
        do {
            if !plan.rebuilds.isEmpty { try await rebuild(plan.rebuilds) }
            for (service, transfers) in plan.transfers.sorted(by: { $0.key < $1.key }) {
                try await transfer(transfers, to: service)
            }
            if !plan.restarts.isEmpty { try await restart(plan.restarts) }
            for execution in plan.executions { try await execute(execution) }
        } catch let error where !(error is CancellationError) && !Task.isCancelled {
            say("Error handling changed files: \(error)")
        }
    }

    // MARK: rebuild

    private func rebuild(_ services: [String]) async throws {
        say("Rebuilding service(s) \(Self.quoted(services)) after changes were detected...")
        let before = prunes ? try await imageIDs(of: services) : [:]
        var build = StackBuildRequest(stack: stack)
        build.services = services
        do {
            _ = try await context.build(build, caller: "watch", quiet: isQuiet)
        } catch {
            say("Build failed. Error: \(error)")
            throw error
        }
        say("service(s) \(Self.quoted(services)) successfully built")
        try await replaceContainers(of: services)
        if prunes { try await removeReplaced(before) }
    }

    private func replaceContainers(of services: [String]) async throws {
        var request = UpRequest(stack: stack)
        request.services = services
        request.forceRecreate = true
        request.noDependencies = true
        request.noBuild = true
        request.ignoreOrphans = true
        request.caller = context.caller("watch")
        let post = try ControlRequest(.up, stack.name, body: request)
        _ = try await context.complete(post, operation: "up", quiet: isQuiet, live: false, client: client)
    }

    /// The images' ids by their names.
    private func imageIDs(of services: [String]) async throws -> [String: String] {
        let names = Set(services.compactMap { stack.services[$0]?.image }.compactMap { Reference($0)?.description })
        let images = try await client.fetch(ControlRequest(.images))
        return images.reduce(into: [:]) { if names.contains($1.storedName) { $0[$1.storedName] = $1.id } }
    }

    /// Removes what has lost its name to a new image, unless somebody else uses it.
    private func removeReplaced(_ before: [String: String]) async throws {
        let images = try await client.fetch(ControlRequest(.images))
        let named = Set(images.filter { !$0.isNameless }.map(\.id))
        let replaced = Set(before.values).subtracting(named)
        guard !replaced.isEmpty else { return }
        let post = try ControlRequest(.removeImages, body: ImageRemovalRequest(replaced.sorted()))
        do {
            _ = try await context.complete(post, operation: "prune", quiet: true, client: client)
        } catch is CommandFailure {
            // Somebody uses it; `roost image prune` finds it later.
        }
    }

    // MARK: sync, restart, exec

    private func transfer(_ transfers: [WatchPlan.Transfer], to service: String) async throws {
        say("Syncing service \"\(service)\" after \(transfers.count) changes were detected")
        for container in try await running(service) {
            var transfer = try await FileTransfer(to: container, context)
            for item in transfers {
                try Task.checkCancellation()
                try transfer.carryOut(item)
            }
        }
    }

    private func restart(_ services: [String]) async throws {
        var request = SignalRequest()
        request.services = services
        request.caller = context.caller("watch")
        let post = try ControlRequest(.lifecycle(.restart), stack.name, body: request)
        _ = try await context.complete(post, operation: "restart", quiet: isQuiet, live: false, client: client)
        say("service(s) \(Self.quoted(services)) restarted")
    }

    private func execute(_ execution: WatchPlan.Execution) async throws {
        let hook = execution.command
        for container in try await running(execution.service) {
            var request = ExecRequest(service: execution.service, hook)
            request.index = container.number
            let reply = try await client.fetch(ControlRequest(.exec, stack.name, body: request))
            let code = try await ShimExec(program: reply.program).run()
            guard code == 0 else {
                throw CommandFailure("\(hook.command.joined(separator: " ")) in \(container.name): exit code \(code)")
            }
        }
    }

    private func running(_ service: String) async throws -> [ContainerSummary] {
        try await client.fetch(ControlRequest(.containers, stack.name))
            .filter { $0.service == service && !$0.isOneOff && $0.pid != 0 }.sorted { $0.number < $1.number }
    }

    /// As Go prints a list of texts.
    private static func quoted(_ names: [String]) -> String {
        "[" + names.map { "\"\($0)\"" }.joined(separator: " ") + "]"
    }
}
