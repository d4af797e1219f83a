/// A length of time as Docker tells it: `About a minute`, `3 hours`.
func humanDuration(seconds: Int64) -> String {
    switch seconds {
    case ..<1: return "Less than a second"
    case 1: return "1 second"
    case ..<60: return "\(seconds) seconds"
    default: break
    }
    let minutes = seconds / 60
    if minutes == 1 { return "About a minute" }
    if minutes < 60 { return "\(minutes) minutes" }
    // Docker rounds hours to the nearest.
    let hours = (seconds + 1800) / 3600
    switch hours {
    case 1: return "About an hour"
    case ..<48: return "\(hours) hours"
    case ..<(24 * 14): return "\(hours / 24) days"
    case ..<(24 * 60): return "\(hours / 24 / 7) weeks"
    case ..<(24 * 365 * 2): return "\(hours / 24 / 30) months"
    default: return "\(hours / 24 / 365) years"
    }
}

/// The time from one instant to another, both in nanoseconds since 1970.
func humanDuration(from start: Int64, to end: Int64) -> String {
    humanDuration(seconds: max(0, (end - start) / 1_000_000_000))
}

/// Bytes in decimal units with three significant digits: `7.83MB`.
func humanSize(_ bytes: Int64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
    var value = Double(bytes)
    var unit = 0
    while value >= 1000, unit < units.count - 1 {
        value /= 1000
        unit += 1
    }
    return significant(value) + units[unit]
}

/// Three significant digits, without zeros at the end of the fraction.
private func significant(_ value: Double) -> String {
    let digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
    var text = fixed(value, digits: digits)
    guard digits > 0 else { return text }
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
}

/// A number with so many digits after the point.
func fixed(_ value: Double, digits: Int) -> String {
    var scale: Int64 = 1
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int64((value * Double(scale)).rounded())
    guard digits > 0 else { return "\(scaled)" }
    let fraction = String(scaled % scale)
    return "\(scaled / scale)." + String(repeating: "0", count: max(0, digits - fraction.count)) + fraction
}
