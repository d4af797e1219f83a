/// Sizes as the Compose specification writes them: `64m`, `1.5gb`, `2MiB`, powers of 1024 all.
enum ByteCount {
    static func parse(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = Double(digits), !digits.isEmpty else { return nil }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
        let shift: Int
        switch unit {
        case "", "b": shift = 0
        case "k", "kb", "kib": shift = 10
        case "m", "mb", "mib": shift = 20
        case "g", "gb", "gib": shift = 30
        case "t", "tb", "tib": shift = 40
        case "p", "pb", "pib": shift = 50
        default: return nil
        }
        let bytes = number * Double(1 << shift)
        return bytes < 9e18 ? Int64(bytes) : nil
    }
}
