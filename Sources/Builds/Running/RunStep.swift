import Blocking
import Containers
import ControlAPI
import Dockerfiles
import Images
import Kernel
import OCI
import Planning
import StackModel

/// Carries a `RUN` out: a container on the stage's layers, and a layer of what it wrote.
struct RunStep: Sendable {
    let step: StepRun
    let action: RunAction
    let mounts: StepMounts
    let vertex: BuildProgress.Vertex
    /// Whom the layers below are held for.
    let holder: String

    private var builder: Builder { step.builder }

    func layer(in scratch: String) async throws -> StepRun.WrittenLayer {
        try await CacheMountLocks.shared.whileHolding(mounts.lockedCaches) { try await written(in: scratch) }
    }

    private func written(in scratch: String) async throws -> StepRun.WrittenLayer {
        let container = try await builder.table.create(
            try await specification(),
            image: ContainerImage(layers: step.files.overlay, defaults: ContainerDefaults()))
        do {
            try await run(container)
            let below = try await builder.containers.holdLayers(step.files.overlay, for: holder)
            let upper = builder.locations.upperDirectory(of: container.id)
            let mounts = mounts
            let written = try await onOwnThread {
                try UpperLayer(upper, stubs: try mounts.stubs(on: FileTree(below))).archive(in: scratch)
            }
            try await remove(container)
            return written
        } catch {
            try await remove(container)
            throw error
        }
    }

    /// Runs to its end, and tells what it writes.
    private func run(_ container: Container) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            try await container.start()
            let output = try await builder.logs.stream(
                of: "", LogSelection(follow: true), only: container.id,
                look: { [await container.snapshot] }, quiet: {})
            let vertex = vertex
            group.addTask {
                for try await events in output {
                    for case .line(let line) in events {
                        for text in line.text.split(whereSeparator: \.isNewline) { vertex.output(String(text)) }
                    }
                }
            }
            let code = try await withTaskCancellationHandler {
                try await container.wait { snapshot, isBusy in
                    snapshot.machine.isAtRest && !isBusy ? snapshot.machine.run.exitCode : nil
                }
            } onCancel: {
                // `try?`: one that can't be killed has ended by itself.
                Task { try? await container.kill(signal: "KILL") }
            }
            try await group.waitForAll()
            guard code == 0 else {
                let command = action.arguments.joined(separator: " ")
                throw BuildError(
                    "process \(quoted(command)) did not complete successfully: exit code: \(code)",
                    exitCode: code)
            }
        }
    }

    /// Also when the build is cancelled: nothing of it stays.
    private func remove(_ container: Container) async throws {
        let table = builder.table
        try await Task {
            try await container.kill(signal: "KILL")
            try await table.remove(container.id, volumes: true)
        }.value
    }

    private func specification() async throws -> ContainerSpec {
        var settings = ContainerSettings()
        settings.entrypoint = Array(action.arguments.prefix(1))
        settings.command = Array(action.arguments.dropFirst())
        for entry in action.environment {
            let (name, value) = entry.split("=")
            settings.environment[name] = value
        }
        settings.environment.merge(action.proxies) { own, _ in own }
        settings.environment.merge(mounts.environment) { _, secret in secret }
        settings.workingDir = action.workingDirectory
        settings.user = action.user.isEmpty ? nil : action.user
        settings.volumes = mounts.volumes
        settings.configs = mounts.grants
        settings.shmSize = step.build.request.settings.shmSize
        settings.ulimits = step.build.request.settings.ulimits
        settings.extraHosts = step.build.request.settings.extraHosts
        settings.privileged = action.isInsecure
        if action.isInsecure && !step.build.request.settings.isPrivileged {
            throw BuildError("RUN --security=insecure needs `privileged: true` or the entitlement security.insecure")
        }
        let name = "build-\(step.build.id)-\(vertex.number)"
        var spec = ContainerSpec(
            name: name, owner: .build(step.build.id), image: step.build.request.name,
            imageID: step.files.diffIDs.last?.description ?? "", settings: settings)
        try await setNetwork(&spec)
        return spec
    }

    private func setNetwork(_ spec: inout ContainerSpec) async throws {
        if action.network == .host && !step.build.request.settings.mayUseHostNetwork {
            throw BuildError("RUN --network=host needs `network: host` or the entitlement network.host")
        }
        let wanted = action.network == .default ? step.build.request.settings.network : action.network.rawValue
        switch wanted {
        case "none": spec.settings.networkMode = .none
        case "host": spec.settings.networkMode = .host
        case "default", "":
            spec.networks = ["default": try await step.build.network.ready()]
            spec.settings.networks = ["default": NetworkAttachment()]
        default: throw BuildError("build network \"\(wanted)\" is not supported yet; it is default, none or host")
        }
    }
}

extension String {
    fileprivate func split(_ separator: Character) -> (String, String) {
        guard let place = firstIndex(of: separator) else { return (self, "") }
        return (String(self[..<place]), String(self[index(after: place)...]))
    }
}
