import CLinux
import Glibc

/// A pseudo-terminal (`man 7 pty`).
public struct Terminal: ~Copyable, Sendable {
    /// The end that plays the screen and the keyboard.
    public let master: OwnedDescriptor
    /// The end that a program has as its standard streams.
    public let peer: OwnedDescriptor

    /// Makes a pair out of the devpts instance that is mounted on /dev/pts of the calling process's root, whatever has
    /// been put in its place.
    public init() throws(KernelError) {
        let path = "/dev/pts/ptmx"
        let opened = try RootDirectory("/").open(path, [.readWrite, .noTerminal, .nonBlocking], links: .refused)
        guard try opened.fileSystemType() == .devpts, try opened.status().isDevice(S_IFCHR, major: 5, minor: 2) else {
            throw KernelError("make a terminal: this is no devpts:", path, errno: ENODEV)
        }
        try opened.setNonBlocking(false)
        let number = opened.number
        try check("unlock the terminal") { clinux_unlock_terminal(number) }
        let other = OwnedDescriptor(taking: try check("open the terminal") { clinux_open_terminal_peer(number) })
        master = opened
        peer = other
    }

    /// The master, while the other end is closed.
    public consuming func intoMaster() -> OwnedDescriptor { master }

    /// Makes a terminal the controlling one of the calling process, which leads a session without one.
    public static func control(by terminal: Int32) throws(KernelError) {
        try check("take control of the terminal") { clinux_set_controlling_terminal(terminal) }
    }

    /// Rows and columns of the screen.
    public static func setSize(_ terminal: Int32, rows: UInt16, columns: UInt16) throws(KernelError) {
        try check("set the terminal's size") { clinux_set_window_size(terminal, rows, columns) }
    }

    /// Rows and columns of the screen; nil if the descriptor is not a terminal.
    public static func size(of terminal: Int32) -> (rows: UInt16, columns: UInt16)? {
        var rows: UInt16 = 0
        var columns: UInt16 = 0
        guard clinux_get_window_size(terminal, &rows, &columns) == 0 else { return nil }
        return (rows, columns)
    }
}
