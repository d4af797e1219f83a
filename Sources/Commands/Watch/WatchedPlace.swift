import Dockerfiles
import StackModel

/// A rule of a service's, and what of its path counts.
struct WatchedPlace: Sendable {
    let service: String
    let rule: WatchRule
    /// The build's context with what doesn't belong to it.
    private let context: (path: String, ignored: IgnoreRules)?
    private let ignored: IgnoreRules
    /// `nil`: everything is.
    private let included: IgnoreRules?

    /// - Parameter context: where the service is built, with its `.dockerignore`.
    init(
        service: String, rule: WatchRule, context: (path: String, ignored: IgnoreRules)? = nil
    ) throws(DockerfileError) {
        self.service = service
        self.rule = rule
        self.context = context
        ignored = try IgnoreRules(patterns: rule.ignore + Self.ephemeral)
        included = rule.include.isEmpty ? nil : try IgnoreRules(patterns: rule.include)
    }

    /// What editors, git and Go leave beside files for a moment.
    private static let ephemeral = [
        "**/.git", "**/.idea", "**/*___jb_old___", "**/*___jb_tmp___", "**/.#*", "**/#*#", "**/4913", "**/*~",
        "**/.*.swp", "**/.*.swo", "**/.*.swx", "**/.*.kate-swp", "**/*.go-tmp-umask",
    ]

    /// Where a changed path is, from the rule's own on; empty for that itself. `nil`: it doesn't count.
    func place(of path: String) -> String? {
        guard let place = Self.place(of: path, in: rule.path) else { return nil }
        if place.isEmpty { return place }
        if isIgnored(path, place) { return nil }
        return included.map { $0.ignores(place) } ?? true ? place : nil
    }

    /// Where the changed file belongs in the container.
    func target(of place: String) -> String? {
        rule.target.map { place.isEmpty ? $0 : $0 + ($0.hasSuffix("/") ? "" : "/") + place }
    }

    /// Whether nothing in a directory can count, so that nobody has to look into it.
    func passesOver(_ directory: String) -> Bool {
        guard let place = Self.place(of: directory, in: rule.path) else { return true }
        if place.isEmpty { return false }
        if !ignored.hasExceptions, ignored.ignores(place) { return true }
        guard let context, !context.ignored.hasExceptions,
            let inContext = Self.place(of: directory, in: context.path)
        else { return false }
        return context.ignored.ignores(inContext)
    }

    private func isIgnored(_ path: String, _ place: String) -> Bool {
        if ignored.ignores(place) { return true }
        guard let context, let inContext = Self.place(of: path, in: context.path) else { return false }
        return context.ignored.ignores(inContext)
    }

    /// A path from a directory on; `nil` outside of it.
    static func place(of path: String, in directory: String) -> String? {
        if path == directory { return "" }
        let prefix = directory.hasSuffix("/") ? directory : directory + "/"
        return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : nil
    }
}
