public import StackModel

/// What happens to a container.
public enum ContainerEvent: Equatable, Sendable {
    /// A user, or a stack for its user, wants it to run.
    case startAsked
    /// The command has been executed.
    case started(ContainerProcesses, at: Instant)
    /// The command couldn't be executed: 127 or 126 as a shell would say, 125 for everything else.
    case launchFailed(code: Int32, reason: String)
    /// The shim is gone, and the container with it.
    case ended(RunEnd)
    /// `stop`, `down`: the signal, and SIGKILL when the grace period is over. A second stop never lengthens the first.
    case stopAsked(signal: Int32, grace: TimeSpan)
    /// `kill`. `isStop`: it is SIGKILL or the container's own stop signal, and counts as a stop by the user (Docker's rule).
    case killAsked(signal: Int32, isStop: Bool)
    case pauseAsked
    case unpauseAsked
    case probeFinished(ProbeResult)
    case checkFinished(ProbeKind, ProbeResult)
    /// The machine's ``ContainerMachine/deadline`` has come.
    case timerDue
    /// A new supervisor has found the container so.
    case adopted(Found)
    /// The host was started anew since the container's last run.
    case hostBooted
    case policyChanged(RestartPolicy)
    /// `nil`: there is no check any more.
    case healthCheckChanged(EffectiveHealthCheck?)
    /// `nil`: there are none any more.
    case probesChanged(Probes?, UnhealthyEnd)

    /// What a new supervisor finds of a container.
    public enum Found: Equatable, Sendable {
        case running(ContainerProcesses, since: Instant)
        /// No process of it is left. `nil`: nobody wrote down how it ended.
        case gone(RunEnd?)
    }
}

/// What has to be done for a container.
public enum ContainerAction: Equatable, Sendable {
    case launch
    /// To its first process.
    case signal(Int32)
    case freeze
    case thaw
    /// Runs the health check once.
    case probe
    /// Runs one of the probes once.
    case check(ProbeKind)
    /// Gives back what a run had: its place in its networks, its layers, what a killed shim left.
    case cleanUp
    case announce(ContainerNews)
}

/// What others may want to hear of a container's life.
public enum ContainerNews: Equatable, Sendable {
    case started
    /// `restarts`: its restart policy will start it again.
    case ended(code: Int32, restarts: Bool)
    case health(HealthStatus)
    /// It is ended for its ill health; why.
    case unhealthy(String)
    case paused
    case unpaused
    /// It has been made, and nothing of it runs.
    case created
    case removed
}
