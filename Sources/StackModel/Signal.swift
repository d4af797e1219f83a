public import Addressing
import OCI

/// A signal of Linux (`man 7 signal`). Written as `SIGTERM`; read with `SIG` or without, in any case, as a number, and as
/// `RTMIN+3`.
public struct Signal: Hashable, Sendable {
    /// 1 to 64.
    public let number: Int32

    /// `nil` where there is no such signal.
    public init?(number: Int32) {
        guard KernelNames.signalNumbers.contains(number) else { return nil }
        self.number = number
    }

    private init(known number: Int32) { self.number = number }

    public static let interrupt = Signal(known: 2)
    public static let kill = Signal(known: 9)
    public static let terminate = Signal(known: 15)
}

extension Signal: TextCodable {
    public init?(_ description: String) {
        guard let number = KernelNames.signal(description) else { return nil }
        self.number = number
    }

    public var description: String { KernelNames.signalName(number) }
}
