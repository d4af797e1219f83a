import Commands
import Glibc

exit(await runCommandLine(Array(CommandLine.arguments.dropFirst())))
