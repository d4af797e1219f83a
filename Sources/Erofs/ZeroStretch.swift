import Glibc

/// Zeros that are so many that no place on the disk is given to them.
public enum ZeroStretch {
    /// Less isn't worth a hole, of which a file can have only so many.
    public static let least = 64 << 10

    /// Whether a piece of content is nothing but zeros, and long enough.
    public static func isOne(_ piece: UnsafeRawBufferPointer) -> Bool {
        guard piece.count >= least, let start = piece.baseAddress, piece[0] == 0 else { return false }
        // If each byte equals the one before it, all equal the first.
        return memcmp(start, start + 1, piece.count - 1) == 0
    }
}
