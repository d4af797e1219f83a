public import Addressing

/// `x-startup`, `x-liveness`, `x-readiness` and `x-on-unhealthy` of a service: Kubernetes' probes, and what follows from
/// them.
public struct Probes: Codable, Hashable, Sendable {
    /// Until it succeeds, the others don't begin.
    public var startup: Probe?
    /// When it fails, the container is begun anew.
    public var liveness: Probe?
    /// Whether the container gets requests.
    public var readiness: Probe?
    /// `nil`: `restart` for a startup or a liveness probe that fails, `none` for a health check.
    public var onUnhealthy: UnhealthyAction?

    public init(
        startup: Probe? = nil, liveness: Probe? = nil, readiness: Probe? = nil, onUnhealthy: UnhealthyAction? = nil
    ) {
        self.startup = startup
        self.liveness = liveness
        self.readiness = readiness
        self.onUnhealthy = onUnhealthy
    }
}

/// `x-on-unhealthy`: what becomes of a container that doesn't work any more.
public enum UnhealthyAction: String, Codable, Hashable, Sendable {
    case restart, stop, none
}

/// One probe, with Kubernetes' fields and defaults (Probe v1 core).
public struct Probe: Codable, Hashable, Sendable, CustomStringConvertible {
    public var check: ProbeCheck
    /// Seconds from the container's start to the first one.
    public var initialDelaySeconds: Int
    public var periodSeconds: Int
    public var timeoutSeconds: Int
    /// Successes in a row that count, at least 1.
    public var successThreshold: Int
    /// Failures in a row that count, at least 1.
    public var failureThreshold: Int

    public init(
        _ check: ProbeCheck, initialDelaySeconds: Int = 0, periodSeconds: Int = 10, timeoutSeconds: Int = 1,
        successThreshold: Int = 1, failureThreshold: Int = 3
    ) {
        self.check = check
        self.initialDelaySeconds = initialDelaySeconds
        self.periodSeconds = periodSeconds
        self.timeoutSeconds = timeoutSeconds
        self.successThreshold = successThreshold
        self.failureThreshold = failureThreshold
    }

    /// `http :8080/health every 10s`
    public var description: String { "\(check) every \(periodSeconds)s" }
}

/// What a probe does.
public enum ProbeCheck: Codable, Hashable, Sendable, CustomStringConvertible {
    /// A command in the container succeeds.
    case exec([String])
    /// A request is answered with a status from 200 to 399.
    case http(HTTPCheck)
    /// A connection comes about.
    case tcp(port: UInt16, host: IPAddress?)
    /// The health service says SERVING (grpc/grpc, doc/health-checking.md).
    case grpc(port: UInt16, service: String)

    public var description: String {
        switch self {
        case .exec(let command): "exec " + command.joined(separator: " ")
        case .http(let check):
            "\(check.scheme.rawValue.lowercased()) \(check.host?.description ?? ""):\(check.port)\(check.path)"
        case .tcp(let port, let host): "tcp \(host?.description ?? ""):\(port)"
        case .grpc(let port, let service): "grpc :\(port)" + (service.isEmpty ? "" : "/" + service)
        }
    }
}

/// A request of a probe.
public struct HTTPCheck: Codable, Hashable, Sendable {
    public enum Scheme: String, Codable, Hashable, Sendable {
        case http = "HTTP"
    }

    public struct Header: Codable, Hashable, Sendable {
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Begins with a slash.
    public var path: String
    public var port: UInt16
    /// An address; `nil`: the container's own loopback.
    public var host: IPAddress?
    public var scheme: Scheme
    public var headers: [Header]

    public init(
        path: String = "/", port: UInt16, host: IPAddress? = nil, scheme: Scheme = .http, headers: [Header] = []
    ) {
        self.path = path
        self.port = port
        self.host = host
        self.scheme = scheme
        self.headers = headers
    }
}
