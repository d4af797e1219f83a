import OCI

/// `HEALTHCHECK [--interval=… --timeout=… --start-period=… --start-interval=… --retries=N] CMD …`, or `NONE`.
struct HealthCheckReader {
    let statement: Statement

    init(_ statement: Statement) { self.statement = statement }

    func read(_ flags: inout Flags) throws(DockerfileError) -> ImageHealthcheck {
        guard let kind = statement.arguments.first?.uppercased() else {
            throw DockerfileError("HEALTHCHECK requires at least one argument")
        }
        let words = Array(statement.arguments.dropFirst())
        if kind == "NONE" {
            guard words.isEmpty else { throw DockerfileError("HEALTHCHECK NONE takes no arguments") }
            return ImageHealthcheck(test: ["NONE"])
        }
        guard kind == "CMD" else { throw DockerfileError("Unknown type \"\(kind)\" in HEALTHCHECK (try CMD)") }
        guard !words.isEmpty else { throw DockerfileError("Missing command after HEALTHCHECK CMD") }
        return ImageHealthcheck(
            test: [statement.isArray ? "CMD" : "CMD-SHELL"] + words,
            interval: try duration("interval", &flags), timeout: try duration("timeout", &flags),
            startPeriod: try duration("start-period", &flags), startInterval: try duration("start-interval", &flags),
            retries: try retries(&flags))
    }

    private func duration(_ name: String, _ flags: inout Flags) throws(DockerfileError) -> Int64? {
        guard let text = try flags.string(name), !text.isEmpty else { return nil }
        guard let value = GoDuration.nanoseconds(text) else {
            throw DockerfileError("--\(name): \"\(text)\" is no duration", suggestion: "write 1m30s, or 500ms")
        }
        guard value == 0 || value >= 1_000_000 else {
            throw DockerfileError("Interval \"\(name)\" cannot be less than 1ms")
        }
        return value == 0 ? nil : value
    }

    private func retries(_ flags: inout Flags) throws(DockerfileError) -> Int? {
        guard let text = try flags.string("retries"), !text.isEmpty else { return nil }
        guard let value = Int32(text) else { throw DockerfileError("--retries: \"\(text)\" is no number") }
        guard value >= 0 else { throw DockerfileError("--retries cannot be negative (\(value))") }
        return value == 0 ? nil : Int(value)
    }
}

/// Durations as Go writes and reads them: `1h30m`, `1.5s`, `-2ms`.
enum GoDuration {
    private static let units: [(name: String, nanoseconds: Double)] = [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
    ]

    static func nanoseconds(_ text: String) -> Int64? {
        var rest = Substring(text)
        var sign = 1.0
        if let first = rest.first, first == "-" || first == "+" {
            sign = first == "-" ? -1 : 1
            rest = rest.dropFirst()
        }
        if rest == "0" { return 0 }
        var total = 0.0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let number = rest.prefix { $0 == "." || ("0"..."9").contains($0) }
            rest = rest[number.endIndex...]
            let unit = rest.prefix { $0 != "." && !("0"..."9").contains($0) }
            rest = rest[unit.endIndex...]
            guard number.contains(where: { $0 != "." }),
                let value = Double(number.hasPrefix(".") ? "0" + number : number),
                let factor = units.first(where: { $0.name == unit })
            else { return nil }
            total += value * factor.nanoseconds
        }
        guard total < 9.2e18 else { return nil }
        return Int64(sign * total)
    }

    /// As Go prints it: `1m30s`, `0s`.
    static func text(_ nanoseconds: Int64) -> String {
        if nanoseconds == 0 { return "0s" }
        let magnitude = nanoseconds.magnitude
        let sign = nanoseconds < 0 ? "-" : ""
        if magnitude < 1_000 { return sign + "\(magnitude)ns" }
        if magnitude < 1_000_000 { return sign + decimal(magnitude, 1_000) + "µs" }
        if magnitude < 1_000_000_000 { return sign + decimal(magnitude, 1_000_000) + "ms" }
        let minutes = magnitude / 60_000_000_000
        let seconds = decimal(magnitude % 60_000_000_000, 1_000_000_000) + "s"
        if minutes == 0 { return sign + seconds }
        return sign + (minutes >= 60 ? "\(minutes / 60)h" : "") + "\(minutes % 60)m" + seconds
    }

    private static func decimal(_ value: UInt64, _ unit: UInt64) -> String {
        guard value % unit != 0 else { return "\(value / unit)" }
        let digits = String(String(unit + value % unit).dropFirst())
        return "\(value / unit)." + digits.trimmingEnd { $0 == "0" }
    }
}
