import Cgroups
import ControlAPI
import Glibc
import Images
import Kernel
import Launching
import OCI
import Planning
import Sandboxes
import StackModel

/// Further processes in running containers: `exec` and health probes. Each starts as the container's own process did,
/// but for its command and what is asked.
struct ContainerExec: Sendable {
    let launcher: Launcher

    /// The program that the command line hands to the shim.
    func program(
        _ request: ExecRequest, in record: ContainerRecord, _ processes: ContainerProcesses
    ) async throws -> ExecProgram {
        let filter = request.privileged ? [] : try await filter(of: record)
        return try program(record, processes, command: request.command, timeout: 0) { process in
            process.environment = Self.merged(process.environment, request.environment)
            if let directory = request.workingDirectory { process.workingDirectory = directory }
            if let user = request.user { try become(user, of: record, &process) }
            if request.privileged {
                let all = launcher.availableCapabilities
                process.capabilities = CapabilitySets(bounding: all, effective: all, permitted: all)
            }
            process.seccomp = filter
            process.terminal = request.terminal
            if request.terminal { process.environment = Self.merged(process.environment, ["TERM=xterm"]) }
        }
    }

    /// Runs a hook to its end.
    func run(
        _ hook: ServiceHook, in record: ContainerRecord, _ processes: ContainerProcesses
    ) async -> ProbeAnswer {
        let request = ExecRequest(service: record.service, hook)
        do {
            var program = try await program(request, in: record, processes)
            program.process.openStandardInput = false
            let result = try await launcher.shim.run(program, outputLimit: ProbeAnswer.outputLimit + 1)
            return ProbeAnswer(
                outcome: .exited(code: result.code), output: String(decoding: result.output, as: UTF8.self))
        } catch {
            return ProbeAnswer(outcome: .failed("\(error)"))
        }
    }

    /// Runs the health check once, and ends it after its time.
    func probe(
        _ record: ContainerRecord, _ processes: ContainerProcesses, _ check: EffectiveHealthCheck
    ) async -> ProbeAnswer {
        do {
            let milliseconds = UInt32(clamping: max(1, check.timeout.nanoseconds / 1_000_000))
            var program = try program(record, processes, command: check.command, timeout: milliseconds) {
                $0.openStandardInput = false
            }
            program.process.seccomp = try await filter(of: record)
            let started = Instant.now
            let result = try await launcher.shim.run(program, outputLimit: ProbeAnswer.outputLimit + 1)
            let output = String(decoding: result.output, as: UTF8.self)
            let isOverdue = result.code == 128 + SIGKILL && Instant.now - started >= check.timeout
            return ProbeAnswer(outcome: isOverdue ? .timedOut : .exited(code: result.code), output: output)
        } catch {
            return ProbeAnswer(outcome: .failed("\(error)"), output: "\(error)")
        }
    }

    private func program(
        _ record: ContainerRecord, _ processes: ContainerProcesses, command: [String], timeout: UInt32,
        change: (inout ProcessSettings) throws -> Void
    ) throws -> ExecProgram {
        let path = launcher.bundlePath(record) + "/config.json"
        let configuration = try JSON.decode(RuntimeConfiguration.self, from: Files.read(path))
        var process = try LaunchCompiler.processSettings(configuration.process)
        process.arguments = command
        process.terminal = false
        process.openStandardInput = true
        try change(&process)
        return ExecProgram(
            container: record.id, target: processes.pid, targetStartTime: processes.startTime,
            cgroup: launcher.cgroups.path(record.id), process: process, timeout: timeout)
    }

    private func become(_ name: String, of record: ContainerRecord, _ process: inout ProcessSettings) throws {
        let user = try launcher.user(of: record, name)
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

    /// The container's own seccomp filter, for processes that join it.
    private func filter(of record: ContainerRecord) async throws -> [UInt8] {
        if record.settings.privileged { return [] }
        let options = try SecurityOptions(record.settings.securityOpt, directory: record.projectDirectory)
        let capabilities = try Capability.effective(
            added: record.settings.capAdd, dropped: record.settings.capDrop, privileged: false,
            available: launcher.availableCapabilities)
        return try await launcher.seccomp.filter(for: options.seccomp, capabilities: capabilities)
    }
}
