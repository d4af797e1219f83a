import CLinux

/// Memory of the calling process.
public enum Memory {
    /// Lets allocations of a page and more go back to the kernel as soon as they are freed, for a process whose start
    /// needs much that its long life doesn't.
    public static func mapLargeAllocations() {
        clinux_map_allocations(4096)
    }

    /// Gives unused memory back to the kernel: free heap, and the stack below the caller.
    public static func trim() {
        clinux_trim()
    }
}
