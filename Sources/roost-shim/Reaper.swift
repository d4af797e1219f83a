import Glibc
import Kernel
import Launching

/// PID 1 of a container with `init: true`: hands signals on to the command and reaps what is left to it.
enum Reaper {
    /// Makes the command's process and returns in it; the calling process stays the reaper, and ends with it.
    static func fork(terminal: Bool) throws(LaunchFailure) {
        try explained { () throws(KernelError) in
            let signals = SignalSet.all
            try signals.block()
            let pid = try Namespaces.fork()
            if pid == 0 { return try becomeGroupLeader(terminal: terminal) }
            // The shim's pipes are not needed, nor is a pidfd: a child's pid is not reused before it is reaped.
            try Execution.closeAll(from: 3)
            serve(pid, signals)
        }
    }

    private static func becomeGroupLeader(terminal: Bool) throws(KernelError) {
        try check("start a process group") { setpgid(0, 0) }
        if terminal {
            // While all signals are blocked, a process in the background may take the terminal.
            try check("take the terminal") { tcsetpgrp(0, getpid()) }
        }
        try Credentials.setParentDeathSignal(SIGKILL)
        SignalSet.reset()
    }

    private static func serve(_ command: Int32, _ signals: SignalSet) -> Never {
        while true {
            // It can only fail by being interrupted, which is retried.
            let signal = (try? signals.wait()) ?? SIGCHLD
            guard signal == SIGCHLD else {
                kill(command, signal)
                continue
            }
            while let ended = Execution.reapAny() {
                if ended.pid == command { _exit(ended.ending.code) }
            }
        }
    }
}
