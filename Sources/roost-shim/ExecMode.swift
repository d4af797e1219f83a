import Cgroups
import Glibc
import Kernel
import Launching

/// `roost-shim exec`: the program on descriptor 3, the process's standard streams as the shim's own. With another number
/// named, there is a report on the next one as for a launch, and the process is handed over.
enum ExecMode {
    static func run() -> Int32 {
        if ProgramDescriptor.isNamed { return handOver() }
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

    private static func handOver() -> Int32 {
        let report = OwnedDescriptor(taking: ProgramDescriptor.number + 1)
        do throws(LaunchFailure) {
            try OwnExecutable.seal()
            var execution = try Exec(try readProgram())
            Report.send(try execution.handOver().json, to: report)
            return 0
        } catch {
            Report.send(error.json, to: report)
            return error.code
        }
    }

    private static func readProgram() throws(LaunchFailure) -> ExecProgram {
        umask(0)
        let bytes = try explained { () throws(KernelError) in
            // The caller's own descriptors, whatever they are, are not for the container.
            let number = ProgramDescriptor.number
            if ProgramDescriptor.isNamed {
                try Execution.closeAll(from: UInt32(number) + 2)
                try Execution.closeOnExecution(from: 3)
            } else {
                try Execution.closeAll(from: 4)
            }
            return try OwnedDescriptor(taking: number).readAll()
        }
        do throws(WireError) {
            return try ExecProgram(wire: bytes)
        } catch {
            throw LaunchFailure(error.description)
        }
    }
}
