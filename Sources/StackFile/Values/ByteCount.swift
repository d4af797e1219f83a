/// Sizes as the Compose specification writes them: `64m`, `1.5gb`, `2MiB`, powers of 1024 all.
public enum ByteCount {
    /// A whole number may be negative; anything with a unit can't.
    public static func parse(_ text: String) -> Int64? {
        if let number = Int64(text) { return number }
        guard let last = text.lastIndex(where: { $0.isASCII && ($0.isNumber || $0 == "." || $0 == " ") }) else {
            return nil
        }
        let digits = text[last] == " " ? text[..<last] : text[...last]
        guard let number = Double(digits), number.isFinite, number >= 0 else { return nil }
        guard let shift = shift(text[text.index(after: last)...].lowercased()) else { return nil }
        let bytes = number * Double(1 << shift)
        return bytes < 9e18 ? Int64(bytes) : nil
    }

    private static func shift(_ unit: String) -> Int? {
        switch unit {
        case "", "b": 0
        case "k", "kb", "kib": 10
        case "m", "mb", "mib": 20
        case "g", "gb", "gib": 30
        case "t", "tb", "tib": 40
        case "p", "pb", "pib": 50
        default: nil
        }
    }
}
