/// What a container's shim and an attached program say to each other, over a socket that keeps messages apart
/// (`SOCK_SEQPACKET`): a kind, and its content.
public enum AttachMessage {
    /// The content of one message is no longer. Bytes.
    public static let longest = 4096

    /// From the shim.
    public enum FromShim: UInt8, Sendable {
        /// What the container wrote; all of it, where it has a terminal.
        case output = 1
        case error = 2
        /// The container has ended: its exit code, 4 bytes, the lowest first. Nothing comes after it.
        case ended = 3
    }

    /// To the shim.
    public enum ToShim: UInt8, Sendable {
        case input = 1
        /// There is no more input.
        case endOfInput = 2
        /// The terminal's size: rows and columns, 2 bytes each, the lowest first.
        case size = 3
        /// A signal for the first process: its number, 1 byte.
        case signal = 4
    }

    /// The socket's name in the container's run directory.
    public static let socketName = "attach"
}
