import CLinux
import Glibc

/// A set of signals, bit N for signal N (1…63).
public struct SignalSet: Sendable {
    public let mask: UInt64

    public init(_ signals: [Int32]) {
        mask = signals.reduce(0) { $0 | 1 << UInt64($1) }
    }

    /// All that can be blocked.
    public static let all = SignalSet(Array(1...63))

    /// Keeps the signals pending from now on.
    public func block() throws(KernelError) {
        try check("block signals") { clinux_block_signals(mask, 1) }
    }

    /// Readable while one of the (blocked) signals is pending (`man 2 signalfd`); not blocking.
    public func descriptor() throws(KernelError) -> OwnedDescriptor {
        OwnedDescriptor(taking: try check("make a signalfd") { clinux_signalfd(mask) })
    }

    /// Takes the next pending signal from a `descriptor()`; nil if none is pending.
    public static func next(from descriptor: borrowing OwnedDescriptor) -> Int32? {
        // struct signalfd_siginfo: 128 bytes, the number first.
        var information: (number: UInt32, rest: InlineArray<31, UInt32>) = (0, .init(repeating: 0))
        let count = read(descriptor.number, &information, 128)
        return count == 128 ? Int32(information.number) : nil
    }

    /// Waits for one of the (blocked) signals and takes it.
    public func wait() throws(KernelError) -> Int32 {
        try check("wait for a signal") { clinux_take_signal(mask) }
    }

    /// Makes the calling process deaf to the signals.
    public func ignore() {
        for signal in Int32(1)...63 where mask & (1 << UInt64(signal)) != 0 {
            clinux_ignore_signal(signal)
        }
    }

    /// Default dispositions for all signals and none blocked, as a program expects it when it starts.
    public static func reset() {
        clinux_reset_signals()
    }
}
