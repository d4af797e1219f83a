import Glibc
import Kernel
import OCI

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

    private static func devices(in directory: String, depth: Int) throws -> [RuntimeConfiguration.Device] {
        var result: [RuntimeConfiguration.Device] = []
        for name in try Directory.names(in: directory) {
            let path = directory + "/" + name
            var information = stat()
            // A device may vanish while the directory is read.
            guard lstat(path, &information) == 0 else { continue }
            switch information.st_mode & S_IFMT {
            case S_IFDIR where depth < 3 && !["pts", "shm", "mqueue", "fd", "hugepages"].contains(name):
                result += try devices(in: path, depth: depth + 1)
            case S_IFCHR, S_IFBLK:
                // The container has its own console, terminals and standard devices.
                if depth == 0 && ["console", "ptmx", "tty", "null", "zero", "full", "random", "urandom"].contains(name)
                {
                    continue
                }
                let device = information.st_rdev
                result.append(
                    RuntimeConfiguration.Device(
                        path: path, type: information.st_mode & S_IFMT == S_IFBLK ? "b" : "c",
                        major: UInt32((device >> 8) & 0xfff | (device >> 32) & ~0xfff),
                        minor: UInt32(device & 0xff | (device >> 12) & ~0xff),
                        fileMode: information.st_mode & 0o7777))
            default: continue
            }
        }
        return result
    }
}
