import Cgroups
import Launching
import OCI

extension CgroupFile {
    /// The weight's file is that of the scheduler that the kernel was built with; where there is none, devices have no
    /// shares, and nothing is written, as with Docker.
    static let blockIO: [CgroupFile] = [
        CgroupFile(.blkio, "the weight of reading and writing") {
            guard let weight = $0.blockIO?.weight, weight > 0 else { return [] }
            return [CgroupWrite("blkio.weight", "\(weight)", alternative: "blkio.bfq.weight", isOptional: true)]
        } unified: {
            guard let weight = $0.blockIO?.weight, weight > 0 else { return [] }
            return [CgroupWrite("io.bfq.weight", "\(weight)", alternative: "io.weight", isOptional: true)]
        },
        .legacy(.blkio, "the weight of reading and writing", "blkio.leaf_weight") {
            $0.blockIO?.leafWeight.map { "\($0)" }
        },
        CgroupFile(.blkio, "the weight of a device") {
            weights($0, "blkio.weight_device", alternative: "blkio.bfq.weight_device")
        } unified: {
            weights($0, "io.bfq.weight", alternative: "io.weight")
        },
        throttle("bytes read in a second", v1: "read_bps", v2: "rbps") { $0.throttleReadBpsDevice },
        throttle("bytes written in a second", v1: "write_bps", v2: "wbps") { $0.throttleWriteBpsDevice },
        throttle("reads in a second", v1: "read_iops", v2: "riops") { $0.throttleReadIOPSDevice },
        throttle("writes in a second", v1: "write_iops", v2: "wiops") { $0.throttleWriteIOPSDevice },
    ]

    private static func weights(_ resources: Resources, _ file: String, alternative: String) -> [CgroupWrite] {
        (resources.blockIO?.weightDevice ?? []).flatMap { device in
            var writes: [CgroupWrite] = []
            let name = "\(device.major):\(device.minor)"
            if let weight = device.weight {
                writes.append(CgroupWrite(file, "\(name) \(weight)", alternative: alternative, isOptional: true))
            }
            if let weight = device.leafWeight, file.hasPrefix("blkio.") {
                writes.append(CgroupWrite("blkio.leaf_weight_device", "\(name) \(weight)"))
            }
            return writes
        }
    }

    private static func throttle(
        _ limit: String, v1: String, v2: String,
        _ devices: @escaping @Sendable (RuntimeConfiguration.BlockIO) -> [RuntimeConfiguration.ThrottleDevice]?
    ) -> CgroupFile {
        CgroupFile(.blkio, limit) { resources in
            (resources.blockIO.flatMap(devices) ?? []).map {
                CgroupWrite("blkio.throttle.\(v1)_device", "\($0.major):\($0.minor) \($0.rate)")
            }
        } unified: { resources in
            (resources.blockIO.flatMap(devices) ?? []).map {
                // 0 lifts a limit in version 1.
                CgroupWrite("io.max", "\($0.major):\($0.minor) \(v2)=\($0.rate == 0 ? "max" : "\($0.rate)")")
            }
        }
    }
}
