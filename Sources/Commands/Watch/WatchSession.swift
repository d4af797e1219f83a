import ControlAPI
import Dockerfiles
import Glibc
import Kernel
import StackModel

/// `watch`: does what a stack's rules say whenever files change, until it is cancelled.
struct WatchSession: Sendable {
    let stack: Stack
    let places: [WatchedPlace]
    let context: Context
    let client: ControlClient
    /// What builds say isn't shown.
    var isQuiet = false
    /// Images that a rebuild leaves without a name are removed.
    var prunes = true

    /// - Parameter services: the services that are looked at; empty for all.
    init(_ stack: Stack, services: [String], _ context: Context, _ client: ControlClient) throws {
        let chosen = services.isEmpty ? Set(stack.services.keys) : stack.withDependencies(services)
        let watched = chosen.sorted().compactMap { stack.services[$0] }.filter { $0.watch?.isEmpty == false }
        guard !watched.isEmpty else {
            throw CommandFailure(
                "none of the selected services is configured for watch, consider setting a 'develop' section")
        }
        self.stack = stack
        self.context = context
        self.client = client
        places = try watched.flatMap { try Self.places(of: $0, context) }
    }

    private static func places(of service: Service, _ context: Context) throws -> [WatchedPlace] {
        var places: [WatchedPlace] = []
        for rule in service.watch ?? [] {
            if rule.action == .rebuild, service.build == nil {
                throw CommandFailure(
                    "can't watch service \"\(service.name)\" with action rebuild without a build context")
            }
            if rule.syncs, service.container.isMounted(rule.path) {
                context.streams.error.say(
                    "warning: path '\(rule.path)' also declared by a bind mount volume, this path won't be monitored!")
                continue
            }
            do throws(DockerfileError) {
                places.append(
                    try WatchedPlace(service: service.name, rule: rule, context: service.build?.watchedContext()))
            } catch {
                throw CommandFailure("service \"\(service.name)\": \(rule.path): \(error)")
            }
        }
        return places
    }

    /// For a file that is written for long, and for many that come together. An editor's save is over sooner.
    private static let quiet = Duration.milliseconds(100)
    private static let longestCollection = Duration.seconds(2)

    func run() async throws {
        let watch = try TreeWatch(
            places.map(\.rule.path),
            passingOver: { [places] path in
                places.allSatisfy { $0.passesOver(path) }
            })
        try await bringUpToDate(watch)
        say("Watch enabled")
        while true {
            try await Waiting.readable(watch.descriptor, until: nil)
            let changes = try await collect(watch)
            if changes.isIncomplete { say("Many files have changed: all of them are looked at") }
            let paths = changes.isIncomplete ? try watch.everything().paths.union(changes.paths) : changes.paths
            try await carryOut(WatchPlan(paths, places))
        }
    }

    /// What changes until nothing has changed for a moment.
    private func collect(_ watch: TreeWatch) async throws -> TreeWatch.Changes {
        var changes = TreeWatch.Changes()
        let end = ContinuousClock.now + Self.longestCollection
        while ContinuousClock.now < end {
            try watch.take(&changes)
            do {
                try await Waiting.readable(watch.descriptor, until: min(end, .now + Self.quiet))
            } catch let error as KernelError where error.isTimeOut {
                break
            }
        }
        return changes
    }

    private func bringUpToDate(_ watch: TreeWatch) async throws {
        let initial = places.filter { $0.rule.syncs && $0.rule.initialSync }
        guard !initial.isEmpty else { return }
        let files = try watch.everything().paths.filter { !Self.isForBuilds($0) }
        var plan = WatchPlan(files, initial)
        plan.restarts = []
        plan.executions = []
        try await carryOut(plan)
    }

    /// Files that say how a service is made are no part of it.
    private static func isForBuilds(_ path: String) -> Bool {
        let name = RootDirectory.split(path).name
        return name == "Dockerfile"
            || ["compose", "docker-compose"].contains { base in
                [".yaml", ".yml", ".override.yaml", ".override.yml"].contains { name == base + $0 }
            }
    }

    func say(_ text: String) { context.streams.error.say(" ⦿ \(text)") }
}

extension BuildSettings {
    /// Where files are that belong to the build, and what of them doesn't.
    fileprivate func watchedContext() throws(DockerfileError) -> (path: String, ignored: IgnoreRules)? {
        guard context.hasPrefix("/") else { return nil }
        let file = (dockerfile ?? "Dockerfile")
        let own = (file.hasPrefix("/") ? file : context + "/" + file) + ".dockerignore"
        for path in [own, context + "/.dockerignore"] {
            // `try?`: a file that isn't there or can't be read leaves nothing out; a build tells of it.
            if let text = try? Files.readText(path) { return (context, try IgnoreRules(file: text)) }
        }
        return nil
    }
}

extension ContainerSettings {
    /// Whether the container sees the path itself.
    fileprivate func isMounted(_ path: String) -> Bool {
        volumes.contains { mount in
            guard case .bind(let source, _, _) = mount.source else { return false }
            return WatchedPlace.place(of: path, in: source) != nil
        }
    }
}

extension KernelError {
    fileprivate var isTimeOut: Bool { errno == ETIMEDOUT }
}
