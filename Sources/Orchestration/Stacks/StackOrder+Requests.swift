import ControlAPI
import Planning
import StackModel

extension StackOrder {
    init(_ request: UpRequest) {
        var options = PlanOptions()
        options.services = request.services
        options.scale = request.scale
        options.forceRecreate = request.forceRecreate
        options.noRecreate = request.noRecreate
        options.alwaysRecreateDeps = request.alwaysRecreateDependencies
        options.noDeps = request.noDependencies
        options.removeOrphans = request.removeOrphans
        options.ignoreOrphans = request.ignoreOrphans
        options.renewAnonVolumes = request.renewAnonymousVolumes
        options.pull = request.pull
        options.noStart = request.noStart
        options.waitHealthy = request.wait
        options.timeout = request.stopTimeout
        self.init(.up(options), caller: request.caller)
        stack = request.stack
        isDryRun = request.dryRun
        waitTimeout = request.wait ? request.waitTimeout : nil
        registryEnvironment = request.registryEnvironment
    }

    init(_ document: PlanDocument, _ request: ApplyRequest) {
        self.init(document.command, caller: request.caller)
        stack = document.stack
        approved = document
        registryEnvironment = request.registryEnvironment
    }

    init(_ request: DownRequest) {
        var options = LifecycleOptions()
        options.services = request.services
        options.timeout = request.timeout
        options.removeOrphans = request.removeOrphans
        options.volumes = request.removeVolumes
        self.init(.down(options, services: request.knownServices), caller: request.caller)
        isDryRun = request.dryRun
    }

    init(_ verb: LifecycleVerb, _ request: SignalRequest) {
        var options = LifecycleOptions()
        options.services = request.services
        options.timeout = request.timeout
        options.signal = request.signal ?? "SIGKILL"
        options.stopFirst = request.stopFirst
        options.volumes = request.removeVolumes
        options.noDependents = request.noDependencies ? true : nil
        options.waitHealthy = request.wait ? true : nil
        options.knownServices = request.removeOrphans ? nil : request.knownServices
        let command: StackCommand =
            switch verb {
            case .stop: .stop(options)
            case .start: .start(options)
            case .restart: .restart(options)
            case .kill: .kill(options)
            case .pause: .pause(options)
            case .unpause: .unpause(options)
            case .remove: .remove(options)
            }
        self.init(command, caller: request.caller)
        isDryRun = request.dryRun
        waitTimeout = request.wait ? request.waitTimeout : nil
    }

    init(_ request: RunRequest) {
        var options = PlanOptions()
        options.services = [request.oneOff.service]
        options.oneOff = request.oneOff
        options.noDeps = request.noDependencies
        options.removeOrphans = request.removeOrphans
        options.pull = request.pull
        self.init(.run(options), caller: request.caller)
        stack = request.stack
        isDryRun = request.dryRun
        registryEnvironment = request.registryEnvironment
    }

    init(_ request: PruneRequest) {
        self.init(.prune(until: request.until.map { Instant(nanoseconds: $0) }), caller: request.caller)
    }
}
