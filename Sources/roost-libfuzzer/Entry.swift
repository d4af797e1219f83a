import Fuzzing
import Glibc
import Kernel

// libFuzzer guided by coverage (https://llvm.org/docs/LibFuzzer.html). The target is named by ROOST_FUZZ_TARGET.

typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

nonisolated(unsafe) private var execute: (([UInt8]) -> Bool)?

/// libFuzzer's own main function, with what it shall call.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<Arguments>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The program's beginning: the package manager's linking wants this name for it.
@_cdecl("roost_libfuzzer_main")
public func main(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
    let name = getenv("ROOST_FUZZ_TARGET").map { String(cString: $0) } ?? "stackfile"
    guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
        FuzzTarget.broken("there is no target \"\(name)\"")
    }
    let scratch = "/dev/shm/roost-libfuzzer-\(getpid())"
    mkdir(scratch, 0o700)
    execute = target.prepare(scratch)
    var count = count
    var arguments = arguments
    return runDriver(&count, &arguments) { bytes, length in
        // Refused inputs are as interesting as accepted ones, so none is kept out of the corpus.
        _ = execute?(Array(UnsafeBufferPointer(start: bytes, count: length)))
        return 0
    }
}
