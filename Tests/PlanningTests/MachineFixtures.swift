import Planning
import StackModel

func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

extension ContainerProcesses {
    /// The processes of a container's `run`th run.
    static func ofRun(_ run: Int32) -> ContainerProcesses {
        ContainerProcesses(pid: run * 10, startTime: UInt64(run), shim: run * 10 - 1, shimStartTime: UInt64(run))
    }
}

func end(_ code: Int32, at time: Instant) -> RunEnd { RunEnd(code: code, finished: time) }

let sigterm: Int32 = 15
let sigkill = ContainerMachine.sigkill
let onFailure = RestartPolicy.onFailure(maximumRetries: nil)
let probing = EffectiveHealthCheck(command: ["true"], interval: .seconds(1), retries: 2)

extension ContainerMachine {
    /// Nothing happened yet.
    static func made(_ policy: RestartPolicy = .no, check: EffectiveHealthCheck? = nil) -> ContainerMachine {
        ContainerMachine(policy: policy, healthCheck: check)
    }

    /// Started by a user at 0.
    static func starting(_ policy: RestartPolicy = .no, check: EffectiveHealthCheck? = nil) -> ContainerMachine {
        made(policy, check: check).after(.startAsked)
    }

    static func running(_ policy: RestartPolicy = .no, check: EffectiveHealthCheck? = nil) -> ContainerMachine {
        starting(policy, check: check).after(.started(.ofRun(1), at: at(0)))
    }

    /// Told to stop at 0, with ten seconds' grace.
    static func stopping(_ policy: RestartPolicy = .no) -> ContainerMachine {
        running(policy).after(.stopAsked(signal: sigterm, grace: .seconds(10)))
    }

    /// Exited by itself at 0, and is started again at 100 ms.
    static func waiting(_ policy: RestartPolicy = .always, code: Int32 = 1) -> ContainerMachine {
        running(policy).after(.ended(end(code, at: at(0))))
    }

    /// Stopped by a user.
    static func stopped(_ policy: RestartPolicy = .no) -> ContainerMachine {
        stopping(policy).after(.ended(end(0, at: at(0))))
    }

    func after(_ events: ContainerEvent..., at time: Instant = at(0)) -> ContainerMachine {
        var machine = self
        for event in events { _ = machine.handle(event, now: time) }
        return machine
    }

    /// What the machine answers to the events, in words.
    mutating func answers(_ events: ContainerEvent..., at time: Instant = at(0)) -> String {
        events.flatMap { handle($0, now: time) }.map(\.text).joined(separator: ", ")
    }
}

extension ContainerAction {
    /// `signal 15`
    var text: String {
        switch self {
        case .launch: "launch"
        case .signal(let number): "signal \(number)"
        case .freeze: "freeze"
        case .thaw: "thaw"
        case .probe: "probe"
        case .check(let kind): "check \(kind)"
        case .cleanUp: "clean up"
        case .announce(.started): "has started"
        case .announce(.ended(let code, restarts: true)): "has ended with \(code) and restarts"
        case .announce(.ended(let code, restarts: false)): "has ended with \(code)"
        case .announce(.health(let status)): "is \(status)"
        case .announce(.unhealthy(let reason)): "is ended: \(reason)"
        case .announce(.paused): "is paused"
        case .announce(.unpaused): "goes on"
        case .announce(.created): "is created"
        case .announce(.removed): "is removed"
        }
    }
}

extension ContainerMachine {
    /// `running, wanted, gets 9 at 10000`: milliseconds.
    var text: String {
        let place =
            switch phase {
            case .created: "created"
            case .starting(isRestart: false): "starting"
            case .starting(isRestart: true): "restarting"
            case .running(.ofRun(1)): "running"
            case .running(let other): "running as \(other.pid)"
            case .paused: "paused"
            case .waiting(let time): "waits for \(time.nanoseconds / 1_000_000)"
            case .exited: "exited \(run.exitCode)"
            }
        let wish = wanted == .running ? ["wanted"] : []
        let stop = stopping.map { asked in
            asked.deadline.map { "\(asked.signal) then 9 at \($0.nanoseconds / 1_000_000)" } ?? "\(asked.signal)"
        }
        return ([place] + wish + (stop.map { [$0] } ?? [])).joined(separator: ", ")
    }
}
