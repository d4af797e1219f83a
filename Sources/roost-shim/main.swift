// The interpreter of launch programs, and the parent of one container. See docs/architecture.md.
import Glibc

switch CommandLine.arguments.dropFirst().first {
case "launch": exit(LaunchMode.run())
case "exec": exit(ExecMode.run())
case "--version": print("roost-shim 0.1.0")
default:
    print("roost-shim is started by roost: roost-shim launch | exec | --version")
    exit(2)
}
