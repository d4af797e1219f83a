/// Names of containers, volumes and networks on a host.
public enum ObjectName {
    /// Docker's rule: `[a-zA-Z0-9][a-zA-Z0-9_.-]*`, of so many bytes.
    public static func isValid(_ name: String, bytes: ClosedRange<Int>) -> Bool {
        guard let first = name.utf8.first, isAlphanumeric(first), bytes.contains(name.utf8.count) else { return false }
        return name.utf8.allSatisfy { isAlphanumeric($0) || "_.-".utf8.contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch Unicode.Scalar(byte) {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: false
        }
    }
}
