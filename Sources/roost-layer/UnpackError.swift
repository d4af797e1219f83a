import Erofs
import Glibc

/// Why an archive wasn't unpacked, in one line.
enum UnpackError: Error {
    /// The command line isn't understood.
    case usage
    /// The process can't lock itself in.
    case confinement(step: String, errno: Int32)
    /// The archive, or what should become of it, is at fault.
    case layer(LayerError)

    var description: String {
        switch self {
        case .usage: "usage: roost-layer erofs ALGORITHM | tree DIRECTORY [ALGORITHM] | archive DIRECTORY <ARCHIVE"
        case .confinement(let step, let errno): "\(step) failed: \(errorText(errno))"
        case .layer(.malformed(let reason)): "the archive can't be read: \(printable(reason))"
        case .layer(.limit(let reason)): "the archive is too large: \(printable(reason))"
        case .layer(.entry(let name, let reason)): "the entry \"\(printable(name))\" \(printable(reason))"
        case .layer(.system(let operation, let errno)): "\(printable(operation)): \(errorText(errno))"
        }
    }

    var exitStatus: Int32 {
        switch self {
        case .usage: 2
        case .layer(.system(_, let errno)) where errno == ENOSPC || errno == EDQUOT: 3
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
            text.unicodeScalars.prefix(400).map { $0.value < 32 || (127..<160).contains($0.value) ? "?" : $0 }))
}

/// Writes a line.
func say(_ line: String, on descriptor: Int32) {
    let bytes = Array("\(line)\n".utf8)
    // Whoever doesn't listen learns of it by the exit status.
    _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
}
