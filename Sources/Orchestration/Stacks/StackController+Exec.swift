import ControlAPI
import Glibc
import Health
import Images
import Kernel
import Launching
import OCI
import Planning
import Sandboxes
import StackModel

/// Further processes in running containers: `exec` and health probes.
extension StackController {
    /// The program that the command line hands to the shim.
    func exec(_ request: ExecRequest) async throws -> ExecReply {
        let entry = try entry(service: request.service, index: request.index)
        let filter = request.privileged ? [] : try await filter(of: entry.record.id)
        let program = try execProgram(entry, command: request.command, timeout: 0) { process in
            process.environment = Self.merged(process.environment, request.environment)
            if let directory = request.workingDirectory { process.workingDirectory = directory }
            if let user = request.user { try self.become(user, of: entry.record, &process) }
            if request.privileged {
                let all = self.engine.availableCapabilities
                process.capabilities = CapabilitySets(bounding: all, effective: all, permitted: all)
            }
            process.seccomp = filter
            process.terminal = request.terminal
            if request.terminal { process.environment = Self.merged(process.environment, ["TERM=xterm"]) }
        }
        return ExecReply(program: program.wire, container: entry.record.name)
    }

    /// A program that starts as the container's own process did, but for the command and what `change` says.
    private func execProgram(
        _ entry: ContainerEntry, command: [String], timeout: UInt32, change: (inout ProcessSettings) throws -> Void
    ) throws -> ExecProgram {
        guard let processes = entry.processes else {
            throw OperationError("container \(entry.record.name) is not running")
        }
        let path = engine.locations.containerRunDirectory(entry.record.id) + "/config.json"
        let configuration = try JSON.decode(RuntimeConfiguration.self, from: Files.read(path))
        var process = try LaunchCompiler.processSettings(configuration.process)
        process.arguments = command
        process.terminal = false
        process.openStandardInput = true
        try change(&process)
        return ExecProgram(
            container: entry.record.id, target: processes.pid, targetStartTime: processes.startTime,
            cgroup: engine.cgroupPath(entry.record.id), process: process, timeout: timeout)
    }

    private func become(_ name: String, of record: ContainerRecord, _ process: inout ProcessSettings) throws {
        let user = try Launcher(engine: engine).user(of: record, name)
        process.user = user.uid
        process.group = user.gid
        process.additionalGroups = user.additionalGroups
        process.environment = Self.merged(process.environment, ["HOME=\(user.home)"])
        if user.uid != 0 {
            process.capabilities.effective = 0
            process.capabilities.permitted = 0
        } else {
            process.capabilities.effective = process.capabilities.bounding
            process.capabilities.permitted = process.capabilities.bounding
        }
    }

    /// Later entries take the place of earlier ones with the same name.
    private static func merged(_ environment: [String], _ more: [String]) -> [String] {
        let names = Set(more.map { $0.prefix { $0 != "=" } })
        return environment.filter { !names.contains($0.prefix { $0 != "=" }) } + more
    }

    // MARK: Health

    /// Begins to probe a running container, if it has a health check.
    func startProbes(_ id: String) {
        guard let entry = entries[id], let check = entry.record.healthCheck else { return }
        let prober = HealthProber(
            check: check, now: { .now },
            sleep: { time throws(CancellationError) in
                do {
                    try await Task.sleep(for: (time - .now).duration)
                } catch {
                    throw CancellationError()
                }
            },
            probe: { command, timeout in await self.probe(id, command, timeout) },
            onChange: { report in await self.healthChanged(id, report) })
        let task = Task { await prober.run() }
        update(id) {
            $0.health = .starting
            $0.probes = task
        }
    }

    private func healthChanged(_ id: String, _ report: HealthReport) {
        guard entries[id]?.isRunning == true else { return }
        update(id) {
            $0.health = report.status
            $0.healthReport = report
        }
    }

    private func probe(_ id: String, _ command: [String], _ timeout: TimeSpan) async -> ProbeAnswer {
        do {
            let milliseconds = UInt32(clamping: max(1, timeout.nanoseconds / 1_000_000))
            var program = try execProgram(entry(id), command: command, timeout: milliseconds) {
                $0.openStandardInput = false
            }
            program.process.seccomp = try await filter(of: id)
            let started = Instant.now
            let result = try await engine.shim.run(program, outputLimit: HealthProber.outputLimit + 1)
            let output = String(decoding: result.output, as: UTF8.self)
            let isOverdue = result.code == 128 + SIGKILL && Instant.now - started >= timeout
            return ProbeAnswer(outcome: isOverdue ? .timedOut : .exited(code: result.code), output: output)
        } catch {
            return ProbeAnswer(outcome: .failed("\(error)"), output: "\(error)")
        }
    }

    /// The container's own seccomp filter, for processes that join it.
    func filter(of id: String) async throws -> [UInt8] {
        let record = try entry(id).record
        if record.settings.privileged { return [] }
        let options = try SecurityOptions(record.settings.securityOpt, directory: record.projectDirectory)
        let capabilities = try Capability.effective(
            added: record.settings.capAdd, dropped: record.settings.capDrop, privileged: false,
            available: engine.availableCapabilities)
        return try await engine.seccomp.filter(for: options.seccomp, capabilities: capabilities)
    }
}

extension ContainerRecord {
    /// The health check of the service, filled up from the image's and from Docker's defaults.
    var healthCheck: EffectiveHealthCheck? {
        let image = defaults.healthcheck.map { check in
            HealthCheck(
                test: check.test.isEmpty ? nil : check.test, interval: check.interval.map(TimeSpan.init(nanoseconds:)),
                timeout: check.timeout.map(TimeSpan.init(nanoseconds:)), retries: check.retries,
                startPeriod: check.startPeriod.map(TimeSpan.init(nanoseconds:)),
                startInterval: check.startInterval.map(TimeSpan.init(nanoseconds:)))
        }
        return EffectiveHealthCheck(service: settings.healthcheck, image: image)
    }
}
