/// Where an instance of Roost keeps what it knows. Any number of instances run beside each other.
public struct Locations: Equatable, Sendable {
    /// State that survives a reboot: `/var/lib/roost`.
    public var root: String
    /// State that doesn't: `/run/roost`.
    public var runRoot: String

    public init(root: String, runRoot: String) {
        self.root = root
        self.runRoot = runRoot
    }

    /// Options win over `ROOST_ROOT` and `ROOST_RUN_ROOT`, those over the places of the user
    /// (`$XDG_DATA_HOME`, `$XDG_RUNTIME_DIR`) or, for root, of the system.
    public init(root: String?, runRoot: String?, environment: [String: String], userID: UInt32) {
        let home = environment["HOME"] ?? "/"
        let data = userID == 0 ? "/var/lib" : environment["XDG_DATA_HOME"] ?? home + "/.local/share"
        let run = userID == 0 ? "/run" : environment["XDG_RUNTIME_DIR"] ?? "/run/user/\(userID)"
        self.root = root ?? environment["ROOST_ROOT"] ?? data + "/roost"
        self.runRoot = runRoot ?? environment["ROOST_RUN_ROOT"] ?? run + "/roost"
    }

    /// The supervisor's HTTP socket.
    public var socket: String { runRoot + "/supervisor.sock" }
    /// Locked exclusively by the supervisor while it lives.
    public var supervisorLock: String { runRoot + "/supervisor.lock" }
    /// Locked by who starts the supervisor.
    public var startLock: String { runRoot + "/start.lock" }
    /// The FIFO that the supervisor holds open for writing; shims read its end as the supervisor's.
    public var aliveFIFO: String { runRoot + "/alive" }
    /// What the supervisor writes about itself.
    public var supervisorLog: String { runRoot + "/supervisor.log" }

    public func containerDirectory(_ id: String) -> String { root + "/containers/" + id }
    /// What a container has written: the upper directory of its overlay.
    public func upperDirectory(of id: String) -> String { containerDirectory(id) + "/upper" }
    /// Where overlayfs works for that.
    public func workDirectory(of id: String) -> String { containerDirectory(id) + "/work" }
    public func containerRunDirectory(_ id: String) -> String { runRoot + "/containers/" + id }
    public func stackDirectory(_ name: String) -> String { root + "/stacks/" + name }
}
