/// One thing in which what exists differs from what is wanted.
public struct Difference: Codable, Equatable, Sendable, CustomStringConvertible {
    /// What has to happen for it, the least first.
    public enum Effect: String, Codable, Comparable, Sendable {
        /// The container goes on as it is.
        case live
        /// Its process begins anew; what it has written stays.
        case restart
        /// A new container takes its place.
        case recreate

        private var rank: Int {
            switch self {
            case .live: 0
            case .restart: 1
            case .recreate: 2
            }
        }

        public static func < (left: Effect, right: Effect) -> Bool { left.rank < right.rank }
    }

    /// As a user knows it from the file: `environment.LOG_LEVEL`.
    public var path: String
    /// `nil`: there is nothing. Neither is kept of what may be a secret, or has no short form.
    public var old: String?
    public var new: String?
    public var isHidden: Bool
    public var effect: Effect

    public init(path: String, old: String?, new: String?, isSecret: Bool = false) {
        self.path = path
        self.old = isSecret ? nil : old
        self.new = isSecret ? nil : new
        isHidden = isSecret
        effect = Self.effect(of: path, isSet: new != nil)
    }

    /// One whose values aren't shown.
    public init(path: String) {
        self.init(path: path, old: nil, new: nil, isSecret: true)
    }

    /// `environment.LOG_LEVEL: "info" → "debug"`
    public var description: String {
        isHidden ? "\(path): (changed)" : "\(path): \(old ?? "none") → \(new ?? "none")"
    }

    /// What holds for a container as it runs, by the first part of the path; everything else is baked into it.
    private static let liveAttributes: Set<String> = [
        "restart", "labels", "healthcheck", "x-startup", "x-liveness", "x-readiness", "x-on-unhealthy",
        "pre_stop",
    ]
    /// The same, as long as there is a limit: a group keeps the last one.
    private static let limits: Set<String> = [
        "mem_limit", "memswap_limit", "mem_reservation", "cpus (thousandths)", "cpu_shares", "cpu_quota",
        "cpu_period", "cpuset", "pids_limit", "mem_swappiness", "cpu_rt_runtime", "cpu_rt_period",
    ]
    /// What a service asks of one of its networks: links come and go while a container runs.
    private static let attachments: Set<String> = ["aliases", "ipv4_address", "mac_address", "priority"]
    /// What is made anew with each start.
    private static let startAttributes: Set<String> = ["contents"]

    private static func effect(of path: String, isSet: Bool) -> Effect {
        let attribute = String(path.prefix { $0 != "." })
        if liveAttributes.contains(attribute) || limits.contains(attribute) && isSet { return .live }
        if attribute == "networks", attachments.contains(String(path.split(separator: ".").last ?? "")) { return .live }
        return startAttributes.contains(attribute) ? .restart : .recreate
    }
}

extension [Difference] {
    /// All of them, as one cause.
    var cause: String { map(\.description).joined(separator: ", ") }

    /// What the worst of them asks for; `nil` if there is none.
    var effect: Difference.Effect? { map(\.effect).max() }
}
