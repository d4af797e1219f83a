import Glibc
import Kernel
import Launching

/// The file that this process runs. Its children go into containers, which can see it there.
enum OwnExecutable {
    /// Makes sure that no container can change it. A starter that knows of this has done so; else the program executes
    /// itself once more.
    static func seal() throws(LaunchFailure) {
        try explained("seal the executable: ") { () throws(KernelError) in
            if try SealedExecutable.isRunning() { return try Execution.setName("roost-shim") }
            let sealed = try SealedExecutable("/proc/self/exe")
            throw sealed.become(CommandLine.arguments, environment: nil)
        }
    }
}
