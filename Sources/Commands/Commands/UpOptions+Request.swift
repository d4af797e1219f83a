import ControlAPI
import StackModel

extension UpOptions {
    /// What the supervisor is asked.
    func request(
        _ stack: Stack, _ services: [String], context: Context, command: String
    ) throws -> UpRequest {
        var request = UpRequest(stack: stack)
        request.services = services
        request.scale = try scales()
        for name in request.scale.keys.sorted() where stack.services[name] == nil {
            throw CommandFailure.noSuchService(name)
        }
        request.forceRecreate = forceRecreate
        request.noRecreate = noRecreate
        request.noDependencies = noDependencies
        request.alwaysRecreateDependencies = alwaysRecreateDependencies
        request.renewAnonymousVolumes = renewAnonymousVolumes
        request.removeOrphans = removeOrphans || context.removesOrphans
        request.ignoreOrphans = context.ignoresOrphans
        request.build = build
        request.noBuild = noBuild
        request.pull = try pullPolicy(pull, option: "--pull", allowed: ["always", "missing", "never"])
        request.noStart = noStart
        request.wait = wait
        request.waitTimeout = try seconds(waitTimeout, option: "--wait-timeout")
        request.stopTimeout = try seconds(timeout, option: "--timeout")
        request.registryEnvironment = context.registryEnvironment
        request.caller = context.caller(command)
        return request
    }
}
