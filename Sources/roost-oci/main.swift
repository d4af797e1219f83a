// An OCI runtime (github.com/opencontainers/runtime-spec) on the engine's own way of launching. See docs/runtime.md.
import Glibc
import RuntimeCommands

exit(RuntimeProgram.run(Array(CommandLine.arguments.dropFirst())))
