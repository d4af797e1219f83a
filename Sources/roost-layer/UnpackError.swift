import Glibc

/// Why an archive wasn't unpacked, in one line.
enum UnpackError: Error {
    /// The command line isn't understood.
    case usage
    /// The process can't lock itself in.
    case confinement(step: String, errno: Int32)
    /// The stream isn't an archive, or a broken one.
    case unreadable(reason: String)
    /// An entry's name leads out of the tree, or isn't a name.
    case badName(name: String, reason: String)
    /// An entry can't be made.
    case entry(name: String, reason: String, errno: Int32)
    /// Whoever wanted the uncompressed stream is gone.
    case tap(errno: Int32)

    var description: String {
        switch self {
        case .usage: "usage: roost-layer tree|archive DIRECTORY <ARCHIVE"
        case .confinement(let step, let errno):
            "\(step) failed: \(errorText(errno)); it has to run with root's rights"
        case .unreadable(let reason): "the archive can't be read: \(printable(reason))"
        case .badName(let name, let reason): "the entry \"\(printable(name))\" \(reason)"
        case .entry(let name, let reason, _):
            "\"\(printable(name))\" can't be made: \(printable(reason))"
        case .tap(let errno): "the uncompressed stream can't be passed on: \(errorText(errno))"
        }
    }

    var exitStatus: Int32 {
        switch self {
        case .usage: 2
        case .entry(_, _, let errno) where errno == ENOSPC || errno == EDQUOT: 3
        default: 1
        }
    }
}

/// What the C library calls an error number.
func errorText(_ errno: Int32) -> String {
    String(cString: strerror(errno))
}

/// Names in an archive are a stranger's: nothing that a terminal acts on, and not too much.
private func printable(_ text: String) -> String {
    String(
        String.UnicodeScalarView(
            text.unicodeScalars.prefix(300).map { $0.value < 32 || $0.value == 127 ? "?" : $0 }))
}
