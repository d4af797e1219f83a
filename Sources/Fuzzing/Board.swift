import Glibc
public import Kernel

/// Memory that the supervisor and its worker share: what the worker does stands there before it does it, so that it
/// outlives any end of the worker.
public final class Board {
    private static let size = 1 << 20
    private static let header = 64
    private let memory: UnsafeMutableRawPointer

    /// Maps the file; the process that made it gives its size.
    ///
    /// - Throws: ``KernelError`` where there is no memory.
    public init(descriptor: Int32) throws(KernelError) {
        guard ftruncate(descriptor, Self.size) == 0,
            let memory = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), memory != MAP_FAILED
        else { throw KernelError("map", "the board", errno: errno) }
        self.memory = memory
    }

    deinit { munmap(memory, Self.size) }

    /// The number of the execution under way.
    var execution: UInt64 {
        get { field(0) }
        set { setField(0, newValue) }
    }

    /// Whether the worker has done all that it was asked to.
    var isDone: Bool {
        get { field(2) == 1 }
        set { setField(2, newValue ? 1 : 0) }
    }

    /// How many inputs the target has accepted so far.
    var accepted: UInt64 {
        get { field(3) }
        set { setField(3, newValue) }
    }

    /// The input under way, as far as it has room.
    var input: [UInt8] {
        get {
            let count = min(Int(clamping: field(1)), Self.size - Self.header)
            return Array(UnsafeRawBufferPointer(start: memory + Self.header, count: count))
        }
        set {
            let count = min(newValue.count, Self.size - Self.header)
            newValue.withUnsafeBytes { bytes in
                UnsafeMutableRawBufferPointer(start: memory + Self.header, count: count)
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
            }
            setField(1, UInt64(count))
        }
    }

    private func field(_ index: Int) -> UInt64 { memory.load(fromByteOffset: index * 8, as: UInt64.self) }

    private func setField(_ index: Int, _ value: UInt64) {
        memory.storeBytes(of: value, toByteOffset: index * 8, as: UInt64.self)
    }
}
