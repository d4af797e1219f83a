import Glibc
import Kernel
import OCI

/// Signals by name or number (`man 7 signal`).
enum SignalName {
    /// `SIGTERM`, `TERM`, `term`, `15`, `RTMIN+3`.
    static func number(_ text: String) throws(ContainerError) -> Int32 {
        if let number = KernelNames.signal(text) { return number }
        throw ContainerError("\"\(text)\" is no signal; use a name as SIGTERM or a number")
    }
}
