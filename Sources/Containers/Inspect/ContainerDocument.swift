import Planning
import StackModel

/// The shape of `docker inspect` for a container, as far as the fields exist here.
public struct ContainerDocument: Encodable, Sendable {
    var Id: String
    var Created: String
    var Path: String
    var Args: [String]
    var State: RunState
    var Image: String
    var ResolvConfPath: String
    var HostnamePath: String
    var HostsPath: String
    var LogPath: String
    var Name: String
    var RestartCount: Int
    var Driver = "overlay2"
    var Platform = "linux"
    var HostConfig: HostConfiguration
    var Mounts: [Mount]
    var Config: Configuration
    var NetworkSettings: NetworkState

    struct RunState: Encodable, Sendable {
        var Status: String
        var Running: Bool
        var Paused = false
        var Restarting: Bool
        var OOMKilled: Bool
        var Dead = false
        var Pid: Int32
        var ExitCode: Int32
        var Error: String
        var StartedAt: String
        var FinishedAt: String
        var Health: Health?
        /// Roost's own: each probe by its kind.
        var Probes: [String: Health]?
        /// Roost's own: why it was last ended for its ill health.
        var UnhealthyReason: String?
    }

    struct Health: Encodable, Sendable {
        var Status: String
        var FailingStreak: Int
        var Log: [Probe]
    }

    struct Probe: Encodable, Sendable {
        var Start: String
        var End: String
        var ExitCode: Int32
        var Output: String
    }

    struct HostConfiguration: Encodable, Sendable {
        var NetworkMode: String
        var RestartPolicy: Restart
        var Privileged: Bool
        var ReadonlyRootfs: Bool
        var CapAdd: [String]
        var CapDrop: [String]
        var SecurityOpt: [String]
        var Memory: Int64
        var MemorySwap: Int64
        var NanoCpus: Int64
        var CpuPeriod: Int64
        var CpuQuota: Int64
        var PidsLimit: Int64
        var ShmSize: Int64
        var Init: Bool
        var Dns: [String]
        var ExtraHosts: [String]
        var Sysctls: [String: String]
        var Ulimits: [Ulimit]
        var PortBindings: [String: [Binding]]
    }

    struct Restart: Encodable, Sendable {
        var Name: String
        var MaximumRetryCount: Int
    }

    struct Ulimit: Encodable, Sendable {
        var Name: String
        var Hard: Int64
        var Soft: Int64
    }

    struct Binding: Encodable, Sendable {
        var HostIp: String
        var HostPort: String
    }

    struct Mount: Encodable, Sendable {
        var `Type`: String
        var Name: String?
        var Source: String
        var Destination: String
        var RW: Bool
    }

    struct Configuration: Encodable, Sendable {
        var Hostname: String
        var Domainname: String
        var User: String
        var Tty: Bool
        var OpenStdin: Bool
        var Env: [String]
        var Cmd: [String]?
        var Entrypoint: [String]?
        var Image: String
        var WorkingDir: String
        var Labels: [String: String]
        var StopSignal: String
        var StopTimeout: Int64?
        var ExposedPorts: [String: [String: String]]
        var Healthcheck: Healthcheck?
    }

    struct Healthcheck: Encodable, Sendable {
        var Test: [String]
        var Interval: Int64
        var Timeout: Int64
        var Retries: Int
        var StartPeriod: Int64
        var StartInterval: Int64
    }

    struct NetworkState: Encodable, Sendable {
        var Ports: [String: [Binding]?]
        var Networks: [String: Endpoint]
    }

    struct Endpoint: Encodable, Sendable {
        var Aliases: [String]
        var IPAddress: String
        var IPPrefixLen: Int
        var Gateway: String
        var MacAddress: String
    }
}
