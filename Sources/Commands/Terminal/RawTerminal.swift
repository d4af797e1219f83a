import Glibc

/// The terminal in raw mode for as long as the value lives.
struct RawTerminal: ~Copyable {
    private let descriptor: Int32
    private var saved = termios()

    init(descriptor: Int32) throws(CommandFailure) {
        self.descriptor = descriptor
        guard tcgetattr(descriptor, &saved) == 0 else { throw Self.failure("reading the terminal's settings") }
        var raw = saved
        cfmakeraw(&raw)
        guard tcsetattr(descriptor, TCSANOW, &raw) == 0 else { throw Self.failure("putting the terminal in raw mode") }
    }

    deinit {
        var saved = saved
        _ = tcsetattr(descriptor, TCSANOW, &saved)
    }

    private static func failure(_ what: String) -> CommandFailure {
        CommandFailure("\(what) failed: \(String(cString: strerror(errno)))")
    }
}
