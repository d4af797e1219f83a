/// One entry of `develop.watch`: what happens when files of the host change (Compose Develop specification).
public struct WatchRule: Codable, Equatable, Sendable {
    public enum Action: String, Codable, Sendable {
        case rebuild, sync, restart
        case syncAndRestart = "sync+restart"
        case syncAndExec = "sync+exec"
    }

    /// A directory or a file, absolute.
    public var path: String
    public var action: Action
    /// Where the files go in the container; `nil` for what needs none.
    public var target: String?
    /// Patterns as in a `.dockerignore`, from the path on.
    public var ignore: [String]
    /// If there are any, only what one of them matches counts.
    public var include: [String]
    /// Files are brought up to date before the first change.
    public var initialSync: Bool
    /// Of `sync+exec`.
    public var exec: ServiceHook

    public init(
        path: String = "", action: Action = .sync, target: String? = nil, ignore: [String] = [],
        include: [String] = [], initialSync: Bool = false, exec: ServiceHook = ServiceHook()
    ) {
        self.path = path
        self.action = action
        self.target = target
        self.ignore = ignore
        self.include = include
        self.initialSync = initialSync
        self.exec = exec
    }

    public var syncs: Bool { action != .rebuild && action != .restart }
}
