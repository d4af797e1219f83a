import Addressing
public import OCI
import StackModel

extension ContainerRecord {
    /// What an image of this container starts with: what the container was started with.
    public var committedDefaults: ContainerDefaults {
        let settings = spec.settings
        var result = defaults
        result.user = settings.user ?? defaults.user
        result.workingDirectory = settings.workingDir ?? defaults.workingDirectory
        let variables = environment
        let names = defaults.environment.map { String($0.prefix { $0 != "=" }) }
        var seen: Set<String> = []
        result.environment = (names + variables.keys.sorted()).filter { seen.insert($0).inserted }
            .map { "\($0)=\(variables[$0] ?? "")" }
        result.entrypoint = settings.entrypoint ?? defaults.entrypoint
        result.command = settings.command ?? (settings.entrypoint == nil ? defaults.command : nil)
        result.exposedPorts = Set(defaults.exposedPorts + settings.expose.map(\.description)).sorted()
        result.volumes = Set(defaults.volumes + Self.anonymousTargets(settings: settings, defaults: defaults)).sorted()
        result.stopSignal = settings.stopSignal?.description ?? defaults.stopSignal
        // Those of the stack would make strangers' containers part of it.
        result.labels = labels.filter { !$0.key.hasPrefix("com.docker.compose.") }
        if let check = settings.healthcheck { result.healthcheck = ImageHealthcheck(check, over: defaults.healthcheck) }
        return result
    }
}

extension ImageHealthcheck {
    /// What a service doesn't say is the image's.
    fileprivate init(_ check: HealthCheck, over image: ImageHealthcheck?) {
        self = image ?? ImageHealthcheck(test: [])
        test = check.test ?? test
        interval = check.interval?.nanoseconds ?? interval
        timeout = check.timeout?.nanoseconds ?? timeout
        startPeriod = check.startPeriod?.nanoseconds ?? startPeriod
        startInterval = check.startInterval?.nanoseconds ?? startInterval
        retries = check.retries ?? retries
    }
}
