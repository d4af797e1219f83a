import Fuzzing
import Glibc
import Kernel

/// What libFuzzer calls: once at the start, then with each input (https://llvm.org/docs/LibFuzzer.html). The target is
/// named by ROOST_FUZZ_TARGET.
nonisolated(unsafe) private var execute: (([UInt8]) -> Bool)?

@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>>>
) -> CInt {
    let name = getenv("ROOST_FUZZ_TARGET").map { String(cString: $0) } ?? "stackfile"
    guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
        FuzzTarget.broken("there is no target \"\(name)\"")
    }
    let scratch = "/dev/shm/roost-libfuzzer-\(getpid())"
    mkdir(scratch, 0o700)
    execute = target.prepare(scratch)
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // -1 keeps the input out of the corpus; refused ones are as interesting as accepted ones.
    _ = execute?(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
