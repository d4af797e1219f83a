import OCI
import StackModel

extension BundleBuilder {
    /// Limits as `config.json` has them.
    /// - Throws: when a device that they speak of isn't there.
    static func resources(_ wanted: Resources) throws -> RuntimeConfiguration.Resources {
        var result = RuntimeConfiguration.Resources()
        result.memory = memory(wanted)
        result.cpu = processor(wanted)
        if let limit = wanted.pidsLimit, limit > 0 { result.pids = RuntimeConfiguration.PIDs(limit: limit) }
        result.blockIO = try wanted.blkioConfig.map(blockIO)
        return result
    }

    private static func memory(_ wanted: Resources) -> RuntimeConfiguration.Memory? {
        // As Docker: without a swap limit, a container may swap as much again as its memory.
        let swap = wanted.memswapLimit ?? wanted.memLimit.map { multiplied($0, by: 2) }
        var memory = RuntimeConfiguration.Memory(limit: wanted.memLimit, swap: swap, reservation: wanted.memReservation)
        memory.swappiness = wanted.memSwappiness.map(UInt64.init(clamping:))
        memory.disableOOMKiller = wanted.oomKillDisable == true ? true : nil
        return memory == RuntimeConfiguration.Memory() ? nil : memory
    }

    private static func processor(_ wanted: Resources) -> RuntimeConfiguration.CPU? {
        let quota = wanted.cpuQuota ?? wanted.milliCPUs.map { multiplied($0, by: 100) }
        var processor = RuntimeConfiguration.CPU(
            shares: wanted.cpuShares.map(UInt64.init(clamping:)), quota: quota,
            period: wanted.cpuPeriod.map(UInt64.init(clamping:)) ?? (quota == nil ? nil : 100_000), cpus: wanted.cpuset)
        processor.realtimeRuntime = wanted.cpuRtRuntime
        processor.realtimePeriod = wanted.cpuRtPeriod.map(UInt64.init(clamping:))
        return processor == RuntimeConfiguration.CPU() ? nil : processor
    }

    private static func blockIO(_ wanted: BlockIOLimits) throws -> RuntimeConfiguration.BlockIO {
        var result = RuntimeConfiguration.BlockIO()
        result.weight = wanted.weight.map(UInt16.init(clamping:))
        result.weightDevice = try wanted.weightDevice.map {
            let device = try HostDevices.device($0.path, as: $0.path)
            return RuntimeConfiguration.WeightDevice(
                major: Int64(device.major), minor: Int64(device.minor), weight: UInt16(clamping: $0.limit))
        }
        func rates(_ limits: [DeviceLimit]) throws -> [RuntimeConfiguration.ThrottleDevice] {
            try limits.map {
                let device = try HostDevices.device($0.path, as: $0.path)
                return RuntimeConfiguration.ThrottleDevice(
                    major: Int64(device.major), minor: Int64(device.minor), rate: UInt64(clamping: $0.limit))
            }
        }
        result.throttleReadBpsDevice = try rates(wanted.deviceReadBps)
        result.throttleReadIOPSDevice = try rates(wanted.deviceReadIops)
        result.throttleWriteBpsDevice = try rates(wanted.deviceWriteBps)
        result.throttleWriteIOPSDevice = try rates(wanted.deviceWriteIops)
        return result
    }

    /// Stops at the end of the range: a limit beyond it is none.
    private static func multiplied(_ number: Int64, by factor: Int64) -> Int64 {
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }
}

extension RuntimeConfiguration.DeviceRule {
    init(_ rule: DeviceCgroupRule) {
        self.init(
            allow: true, type: rule.kind, major: rule.major.map(Int64.init), minor: rule.minor.map(Int64.init),
            access: rule.permissions)
    }
}
