import ArgumentParser
import ControlAPI
import Kernel

/// `roost cp`.
struct CopyCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "cp", abstract: "Copy files/folders between a service container and the local filesystem",
        usage: """
            roost cp [OPTIONS] SERVICE:SRC_PATH DEST_PATH|-
            roost cp [OPTIONS] SRC_PATH|- SERVICE:DEST_PATH
            """)

    @Flag(name: .customLong("all"), help: "Include containers created by the run command")
    var all = false

    @Flag(name: [.customShort("a"), .customLong("archive")], help: "Archive mode (copy all uid/gid information)")
    var archive = false

    @Flag(name: [.customShort("L"), .customLong("follow-link")], help: "Always follow symbol link in SRC_PATH")
    var followsLink = false

    @Option(name: .customLong("index"), help: "Index of the container if service has multiple replicas")
    var index: Int?

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var words: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        guard words.count == 2 else { throw CommandFailure("requires exactly 2 arg(s), received \(words.count)") }
        switch (CopySide(words[0]), CopySide(words[1])) {
        case (.container(let service, let path), let target):
            if case .container = target { throw CommandFailure("copying between services is not supported") }
            try await copy(from: service, path, to: target, context)
        case (let source, .container(let service, let path)):
            try await copy(source, to: service, path, context)
        default: throw CommandFailure("unknown copy direction")
        }
        return 0
    }

    private func copy(from service: String, _ path: String, to target: CopySide, _ context: Context) async throws {
        let container = try await containers(of: service, context, forWriting: false)[0]
        let end = try await Self.end(container, path, context)
        let source = try end.source(followsLink: followsLink)
        if context.isDry(dry) { return }
        guard case .host(let hostPath) = target else { return try CopyArchive.write(source) }
        let host = CopyEnd(root: try RootDirectory("/"), path: absolutePath(hostPath), name: "this host")
        try copy(source, to: host, context)
    }

    private func copy(_ place: CopySide, to service: String, _ path: String, _ context: Context) async throws {
        for container in try await containers(of: service, context, forWriting: true) {
            let end = try await Self.end(container, path, context)
            guard case .host(let hostPath) = place else {
                return try CopyArchive.extract(to: end, keepsOwners: archive)
            }
            let host = CopyEnd(root: try RootDirectory("/"), path: absolutePath(hostPath), name: "this host")
            let source = try host.source(followsLink: followsLink)
            if !context.isDry(dry) { try copy(source, to: end, context) }
            context.streams.error.say(" \(container.name) Copied \(hostPath) to \(container.name):\(path)")
        }
    }

    private func copy(_ source: borrowing CopySource, to end: borrowing CopyEnd, _ context: Context) throws {
        let target = try end.destination(for: source)
        var tree = TreeCopy(keepsOwners: archive)
        if let name = target.name {
            try tree.copy(source.name, in: source.directory, to: name, in: target.directory)
        } else {
            try tree.copyContent(of: source.directory, to: target.directory)
        }
        for left in tree.leftOut { context.streams.error.say("\(left) is a socket or a device: it isn't copied") }
    }

    /// To all of a service's containers, from the first of them.
    private func containers(
        of service: String, _ context: Context, forWriting: Bool
    ) async throws -> [ContainerSummary] {
        if index != nil || !forWriting { return [try await context.container(of: service, index: index)] }
        let project = try context.project(services: [service])
        let found = try await context.client().fetch(ControlRequest(.containers, project.name))
            .filter { $0.service == service && (all || !$0.isOneOff) }.sorted { $0.number < $1.number }
        guard !found.isEmpty else { throw CommandFailure("no container found for service \"\(service)\"") }
        return found
    }

    private static func end(_ container: ContainerSummary, _ path: String, _ context: Context) async throws -> CopyEnd {
        let absolute = path.hasPrefix("/") ? path : "/" + path
        return CopyEnd(
            root: try await context.root(of: container), path: absolute, name: "container \(container.name)")
    }
}

extension Context {
    /// The container's root, as its first process sees it.
    func root(of container: ContainerSummary) async throws -> RootDirectory {
        guard container.pid != 0 else {
            throw CommandFailure("container \(container.name) is not running; start it to copy from or to it")
        }
        let root = try RootDirectory("/proc/\(container.pid)/root")
        // Had it ended, its number could be another process's by now.
        let now = try await client().fetch(ControlRequest(.containers, container.stack))
        guard now.contains(where: { $0.id == container.id && $0.pid == container.pid }) else {
            throw CommandFailure("container \(container.name) has ended meanwhile; run the command again")
        }
        return root
    }
}
