import CLinux
import Glibc
import Kernel

/// The program that the kernel asks when a process of a v2 group opens a device or makes a node
/// (`BPF_PROG_TYPE_CGROUP_DEVICE`), loaded.
struct DeviceFilter: ~Copyable {
    private let program: OwnedDescriptor

    /// Loads a finished program, 8 bytes an instruction.
    init(_ code: [UInt8]) throws(KernelError) {
        program = OwnedDescriptor(
            taking: try check("load the device filter", "of \(code.count / 8) instructions") {
                code.withUnsafeBytes {
                    let instructions = $0.assumingMemoryBound(to: UInt64.self)
                    return clinux_load_device_filter(instructions.baseAddress, UInt32(instructions.count))
                }
            })
    }

    /// From now on it decides for the processes of the group; it goes with the group.
    func attach(to group: String) throws(KernelError) {
        let directory = try OwnedDescriptor(open: group, .directory)
        try check("filter the devices of", group) {
            clinux_attach_device_filter(directory.number, program.number)
        }
    }

    /// Whether the kernel has such programs, and for this process: it is tried.
    static func isSupported() -> Bool {
        // r0 = 1; exit
        let code: [UInt8] = [0xb4, 0, 0, 0, 1, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0]
        return (try? DeviceFilter(code)) != nil  // `try?`: whatever the reason, the v1 controller has to do.
    }
}
