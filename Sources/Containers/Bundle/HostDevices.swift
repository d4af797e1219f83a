import Glibc
import Kernel
import OCI
import StackModel

/// The host's devices, for privileged containers.
enum HostDevices {
    static func all() throws -> [RuntimeConfiguration.Device] { try devices(in: "/dev", depth: 0) }

    /// Where each processor tells how often it was too hot, on hosts that have this.
    static let thermalDirectories: [String] = {
        let processors = "/sys/devices/system/cpu"
        // `try?`: what isn't there needs no hiding.
        return ((try? Directory.names(in: processors)) ?? []).sorted().map { "\(processors)/\($0)/thermal_throttle" }
            .filter { Files.exists($0) }
    }()

    /// Of a mapped `/dev`, which counts as the first, USB's (`/dev/bus/usb/001/001`) are found, too.
    private static let deepest = 4

    private static func devices(in directory: String, depth: Int) throws -> [RuntimeConfiguration.Device] {
        var result: [RuntimeConfiguration.Device] = []
        for name in try Directory.names(in: directory) {
            let path = directory + "/" + name
            var information = stat()
            // A device may vanish while the directory is read.
            guard lstat(path, &information) == 0 else { continue }
            switch information.st_mode & S_IFMT {
            case S_IFDIR where depth < deepest && !["pts", "shm", "mqueue", "fd", "hugepages"].contains(name):
                result += try devices(in: path, depth: depth + 1)
            case S_IFCHR, S_IFBLK:
                // The container has its own console, terminals and standard devices.
                if depth == 0 && ["console", "ptmx", "tty", "null", "zero", "full", "random", "urandom"].contains(name)
                {
                    continue
                }
                result.append(device(information, as: path))
            default: continue
            }
        }
        return result
    }

    /// A device that a container gets, and what it may do with it.
    struct Granted {
        var device: RuntimeConfiguration.Device
        var rule: RuntimeConfiguration.DeviceRule
    }

    /// As Docker: of a directory, all devices in it.
    static func granted(_ mappings: [DeviceMapping]) throws -> [Granted] {
        try mappings.flatMap { mapping in
            var found: [RuntimeConfiguration.Device] = []
            if try isDirectory(mapping.source) {
                found = try devices(in: mapping.source, depth: 1)
                for index in found.indices {
                    found[index].path = mapping.target + found[index].path.dropFirst(mapping.source.count)
                }
            } else {
                found = [try device(mapping.source, as: mapping.target)]
            }
            return found.map {
                let rule = RuntimeConfiguration.DeviceRule(
                    allow: true, type: $0.type, major: Int64($0.major), minor: Int64($0.minor),
                    access: mapping.permissions.isEmpty ? "rwm" : mapping.permissions)
                return Granted(device: $0, rule: rule)
            }
        }
    }

    private static func isDirectory(_ path: String) throws -> Bool {
        var information = stat()
        return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }

    /// The host's device behind a path, to be found at another one.
    static func device(_ source: String, as target: String) throws -> RuntimeConfiguration.Device {
        var information = stat()
        guard stat(source, &information) == 0 else {
            throw BundleError("device \(source): \(KernelError.reason(of: errno)); does the host have it?")
        }
        let kind = information.st_mode & S_IFMT
        guard kind == S_IFCHR || kind == S_IFBLK else { throw BundleError("\(source) is no device") }
        return device(information, as: target)
    }

    private static func device(_ information: stat, as path: String) -> RuntimeConfiguration.Device {
        let number = information.st_rdev
        var device = RuntimeConfiguration.Device(
            path: path, type: information.st_mode & S_IFMT == S_IFBLK ? "b" : "c",
            major: UInt32((number >> 8) & 0xfff | (number >> 32) & ~0xfff),
            minor: UInt32(number & 0xff | (number >> 12) & ~0xff), fileMode: information.st_mode & 0o7777)
        device.uid = information.st_uid
        device.gid = information.st_gid
        return device
    }
}
