import Blocking
import Containers
import ControlAPI
import Dockerfiles
import Glibc
import Images
import Kernel
import OCI
import StackModel

/// The mounts of a `RUN`, made ready.
struct StepMounts: Sendable {
    private let step: StepRun
    private let action: RunAction
    private let holder: String
    private(set) var volumes: [VolumeMount] = []
    private(set) var grants: [FileGrant] = []
    private(set) var environment: [String: String] = [:]
    /// What of the mounts counts for the result, as digests.
    private(set) var inputs: [String] = []
    /// Where something is mounted.
    private(set) var targets: [String] = []
    /// Directories that one step has at a time.
    private(set) var lockedCaches: Set<String> = []
    /// What is there as long as the step runs.
    private var scratches: [ImageStore.Scratch] = []

    init(_ step: StepRun, _ action: RunAction, _ holder: String) {
        self.step = step
        self.action = action
        self.holder = holder
    }

    func prepare() async throws -> StepMounts {
        var result = self
        for mount in action.mounts { try await result.add(mount) }
        if let script = action.script { try result.add(script) }
        return result
    }

    private mutating func add(_ mount: StepMount) async throws {
        if !mount.target.isEmpty { targets.append(mount.target) }
        switch mount.options.kind {
        case .cache: try addCache(mount)
        case .tmpfs:
            volumes.append(
                VolumeMount(source: .tmpfs(size: mount.options.size, mode: nil), target: mount.target))
        case .secret: try addSecret(mount)
        case .ssh: try addAgent(mount)
        case .bind: try await addBind(mount)
        }
    }

    /// Places that are only made to be mounted on: those, and on the way to them, that the files below don't have.
    func stubs(on base: FileTree) throws -> Set<String> {
        var result: Set<String> = []
        for target in targets {
            var place = try base.resolve(target)
            while place != "/", try base.entry(place) == nil {
                result.insert(place)
                place = CleanPath.rooted(place + "/..")
            }
        }
        return result
    }

    private mutating func addCache(_ mount: StepMount) throws {
        guard mount.options.from == nil else {
            throw BuildError("RUN --mount=type=cache with `from` is not supported yet")
        }
        let name = Digest.sha256(of: Array((mount.options.id ?? mount.target).utf8)).hex
        var path = step.builder.locations.root + "/builds/mounts/" + name
        switch mount.options.sharing ?? .shared {
        case .shared: break
        case .locked: lockedCaches.insert(path)
        case .private:
            // Each step of this build has one of its own; the next build finds them again.
            path += "-\(Digest.sha256(of: Array(step.step.title.utf8)).short)"
            lockedCaches.insert(path)
        }
        if !Files.exists(path) {
            try Files.makeDirectories(path)
            guard chown(path, mount.options.uid ?? 0, mount.options.gid ?? 0) == 0,
                chmod(path, mode_t(mount.options.mode ?? 0o755)) == 0
            else { throw KernelError("set the owner of", path, errno: lastError()) }
        }
        volumes.append(
            VolumeMount(
                source: .bind(path: path, create: false, propagation: nil), target: mount.target,
                readOnly: mount.options.isReadOnly))
    }

    private mutating func addSecret(_ mount: StepMount) throws {
        let id = mount.options.source ?? mount.options.id ?? CleanPath.name(mount.target)
        guard let place = step.build.request.settings.secrets[id] else {
            guard mount.options.isRequired else { return }
            throw BuildError("secret \(id): not found; give the build one of this name")
        }
        let value: [UInt8] =
            switch place {
            case .value(let text): Array(text.utf8)
            case .file(let path): try Files.read(path, limit: 1 << 20)
            }
        if let name = mount.options.environment { environment[name] = String(decoding: value, as: UTF8.self) }
        guard !mount.target.isEmpty else { return }
        let directory = step.builder.locations.runRoot + "/builds/" + step.build.id
        try Files.makeDirectories(directory, mode: 0o700)
        let path = "\(directory)/\(grants.count)"
        try Files.replace(path, with: value, mode: 0o600)
        grants.append(
            FileGrant(
                source: id, content: .file(path), target: mount.target,
                uid: mount.options.uid.map { NumericID($0) }, gid: mount.options.gid.map { NumericID($0) },
                mode: mount.options.mode ?? 0o400))
    }

    /// The socket of an agent, which is asked for signatures and keeps its keys.
    private mutating func addAgent(_ mount: StepMount) throws {
        let id = mount.options.id ?? "default"
        if environment["SSH_AUTH_SOCK"] == nil { environment["SSH_AUTH_SOCK"] = mount.target }
        guard let socket = step.build.request.settings.agents[id] else {
            guard mount.options.isRequired else { return }
            throw BuildError("SSH agent \(id): not found; give the build one by `ssh: [\(id)]`")
        }
        volumes.append(
            VolumeMount(source: .bind(path: socket, create: false, propagation: nil), target: mount.target))
    }

    /// What is mounted is an image of the files that are selected, never a directory of the host. Where it can be written
    /// to, it is a copy of them that goes with the step.
    private mutating func addBind(_ mount: StepMount) async throws {
        let source = try await SourceTree(mount.source, step, holder)
        let path = CleanPath.rooted(mount.options.source ?? "/")
        let action = CopyAction(source: mount.source, items: [.path(path)], destination: "/files/")
        let builder = step.builder
        let scratch = try builder.images.scratch()
        let place = scratch.path
        let digests = step.build.digests
        let (digest, written, isDirectory) = try await onOwnThread {
            var draft = LayerDraft(base: try FileTree([]), now: 0)
            let tree = try FileTree(source.directories)
            var copy = try CopyStep(action, source, owner: nil, draft: &draft)
            try copy.run(&draft)
            let isDirectory = try tree.entry(tree.resolve(path))?.isDirectory ?? false
            return (try draft.digest(digests), try StepRun.write(draft, in: place), isDirectory)
        }
        inputs.append(digest.description)
        let inner = isDirectory ? "/files" : "/files/" + CleanPath.name(path)
        guard mount.options.isReadOnly else {
            try Files.makeDirectories(place + "/copy")
            try await builder.images.unpack(written.path, into: place + "/copy", "mount of \(mount.target)")
            scratches.append(scratch)
            volumes.append(
                VolumeMount(
                    source: .bind(path: place + "/copy" + inner, create: false, propagation: nil),
                    target: mount.target))
            return
        }
        let layer = try await builder.images.addLayer(
            archive: written.path, written.blob, for: "build of \(step.build.request.name)")
        withExtendedLifetime(scratch) {}
        let directories = try await builder.containers.holdLayers([layer], for: holder)
        volumes.append(
            VolumeMount(
                source: .bind(path: directories[0] + inner, create: false, propagation: nil), target: mount.target,
                readOnly: true))
    }

    private mutating func add(_ script: RunAction.Script) throws {
        let target = "/dev/pipes/" + script.name
        targets.append(target)
        grants.append(
            FileGrant(source: script.name, content: .inline(script.content), target: target, mode: 0o755))
    }
}
