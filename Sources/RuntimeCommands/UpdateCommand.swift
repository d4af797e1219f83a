import Cgroups
import Glibc
import Kernel
import OCI
import Sandboxes

extension RuntimeCommand {
    static let update = RuntimeCommand(
        usage: "[--resources FILE] [--memory N] [--cpu-quota N] … ID",
        syntax: Syntax(
            values: [
                "resources", "blkio-weight", "cpu-period", "cpu-quota", "cpu-burst", "cpu-share", "cpu-rt-period",
                "cpu-rt-runtime", "cpuset-cpus", "cpuset-mems", "memory", "memory-reservation", "memory-swap",
                "pids-limit", "cpu-idle",
            ], short: ["r": "resources"])
    ) { invocation in
        let container = try invocation.container()
        guard container.status != "stopped" else {
            throw RuntimeFailure("can't update container \"\(container.record.id)\": it is stopped")
        }
        guard let group = container.group else { throw RuntimeFailure("the container has no control group") }
        let compiler = CgroupCompiler(try CgroupHierarchies.survey())
        try group.update(try compiler.update(group.path, try resources(invocation.arguments)))
        return 0
    }

    private static func resources(_ arguments: Arguments) throws -> RuntimeConfiguration.Resources {
        if let path = arguments["resources"] {
            let text = path == "-" ? try OwnedDescriptor(taking: 0).readAll() : try Files.read(path)
            return try RuntimeConfiguration.Resources(json: text)
        }
        var result = RuntimeConfiguration.Resources()
        func bytes(_ name: String) throws -> Int64? { try arguments.number(name, as: Int64.self) }
        let memory = RuntimeConfiguration.Memory(
            limit: try bytes("memory"), swap: try bytes("memory-swap"), reservation: try bytes("memory-reservation"))
        if memory != .init() { result.memory = memory }
        var cpu = RuntimeConfiguration.CPU(
            shares: try arguments.number("cpu-share", as: UInt64.self), quota: try bytes("cpu-quota"),
            period: try arguments.number("cpu-period", as: UInt64.self), cpus: arguments["cpuset-cpus"])
        cpu.mems = arguments["cpuset-mems"]
        cpu.burst = try arguments.number("cpu-burst", as: UInt64.self)
        cpu.realtimePeriod = try arguments.number("cpu-rt-period", as: UInt64.self)
        cpu.realtimeRuntime = try bytes("cpu-rt-runtime")
        cpu.idle = try bytes("cpu-idle")
        if cpu != .init() { result.cpu = cpu }
        if let limit = try bytes("pids-limit") { result.pids = .init(limit: limit) }
        if let weight = try arguments.number("blkio-weight", as: UInt16.self) {
            result.blockIO = .init()
            result.blockIO?.weight = weight
        }
        return result
    }
}
