import CLinux

/// Memory of the calling process.
public enum Memory {
    /// Gives unused memory back to the kernel: free heap, and the stack below the caller.
    public static func trim() {
        clinux_trim()
    }
}
