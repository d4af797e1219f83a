import Glibc
import Serving

// Tasks run on their pool while the main thread sleeps. An asynchronous `main` would end that thread by unwinding its
// stack, and a static executable sorts the descriptions of all its frames before it can (40 ms).
Task { @concurrent in exit(await runSupervisor(Array(CommandLine.arguments.dropFirst()))) }
while true { pause() }
