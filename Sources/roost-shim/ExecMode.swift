import Cgroups
import Glibc
import Kernel
import Launching

/// `roost-shim exec`: the program on descriptor 3, the process's standard streams as the shim's own.
enum ExecMode {
    static func run() -> Int32 {
        do throws(LaunchFailure) {
            try OwnExecutable.seal()
            let program = try readProgram()
            var execution = try Exec(program)
            return try execution.perform()
        } catch {
            // The caller's terminal is in raw mode.
            var line = error.message + (isatty(2) == 1 ? "\r\n" : "\n")
            _ = line.withUTF8 { write(2, $0.baseAddress, $0.count) }
            return error.code
        }
    }

    private static func readProgram() throws(LaunchFailure) -> ExecProgram {
        umask(0)
        let bytes = try explained { () throws(KernelError) in
            // The caller's own descriptors, whatever they are, are not for the container.
            try Execution.closeAll(from: 4)
            return try OwnedDescriptor(taking: 3).readAll()
        }
        do throws(WireError) {
            return try ExecProgram(wire: bytes)
        } catch {
            throw LaunchFailure(error.description)
        }
    }
}
