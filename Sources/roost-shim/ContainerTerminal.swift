import Glibc
import Kernel
import Launching

/// A container's pseudo-terminal, made in the container out of its own devpts.
enum ContainerTerminal {
    /// The size when the shim's own input is no terminal.
    private static let rows: UInt16 = 24
    private static let columns: UInt16 = 80

    /// Makes the terminal the process's standard streams and its controlling terminal.
    static func install(_ terminal: borrowing Terminal, for settings: ProcessSettings) throws(LaunchFailure) {
        let peer = terminal.peer.number
        try explained { () throws(KernelError) in
            let known = (
                rows: UInt16(clamping: settings.terminalRows), columns: UInt16(clamping: settings.terminalColumns)
            )
            let size = known.rows > 0 ? known : Terminal.size(of: 0) ?? (rows, columns)
            try Terminal.setSize(peer, rows: size.rows, columns: size.columns)
            for number in Int32(0)...2 { try check("set standard stream \(number)") { dup2(peer, number) } }
            try Terminal.control(by: 0)
            if settings.user != 0 { try check("give the terminal to the user") { fchown(0, settings.user, ownGroup) } }
        }
    }

    /// /dev/console is the container's terminal, as programs that log to it expect.
    static func bindConsole(_ terminal: borrowing Terminal, _ root: RootFileSystem) throws(LaunchFailure) {
        let peer = terminal.peer.number
        try explained { () throws(KernelError) in
            let place = try root.root.file("/dev/console", mode: 0o600, links: .refused)
            let console = try DetachedMount(cloning: "", in: peer, recursive: false)
            try console.change(set: [], clear: .noDevices, recursive: false)
            try console.attach(to: place, "/dev/console")
        }
    }

    /// Connects to whoever asked for a terminal; -1 if nobody did. The caller closes it.
    static func connect(_ process: ProcessSettings) throws(LaunchFailure) -> Int32 {
        guard let path = process.handOver?.consoleSocket, !path.isEmpty else { return -1 }
        return try explained("the console socket: ") { () throws(KernelError) in
            try UnixSocket(connectingTo: path).intoDescriptor().release()
        }
    }

    /// Hands the master over, as `runc`'s console socket wants it: with the name that it was opened by.
    static func send(_ master: borrowing OwnedDescriptor, over console: Int32) throws(LaunchFailure) {
        let number = master.number
        try explained("the console socket: ") { () throws(KernelError) in
            _ = try UnixSocket.send(Array("/dev/ptmx".utf8)[...], descriptors: [number], over: console)
        }
    }

    /// The group stays that of the devpts instance.
    private static let ownGroup = gid_t.max
}
