import Kernel
import StackModel

/// Seconds of an option as a length of time.
func seconds(_ count: Int?, option: String) throws(CommandFailure) -> TimeSpan? {
    guard let count else { return nil }
    // More than a century is a slip and would overflow.
    guard (-1...3_155_760_000).contains(count) else {
        throw CommandFailure("invalid \(option) \"\(count)\": expected a number of seconds")
    }
    return .seconds(Int64(count))
}

/// A pull policy by its name.
func pullPolicy(_ text: String?, option: String, allowed: [String]) throws(CommandFailure) -> PullPolicy? {
    guard let text, text != "policy", !text.isEmpty else { return nil }
    guard allowed.contains(text), let policy = PullPolicy(rawValue: text) else {
        throw CommandFailure("invalid \(option) value \"\(text)\": expected \(allowed.joined(separator: ", "))")
    }
    return policy
}

/// What `--format` chooses between. Go templates are Compose's third choice.
enum OutputFormat: String {
    case table, json

    init(option: String?) throws(CommandFailure) {
        guard let option, !option.isEmpty else {
            self = .table
            return
        }
        guard let format = OutputFormat(rawValue: option) else {
            throw .notSupportedYet("--format \"\(option)\" (only table and json are)")
        }
        self = format
    }
}

/// `--since` and `--until`: an instant (RFC 3339 or seconds since 1970) or a time ago (`42m`), in nanoseconds since 1970.
func instant(_ text: String?, option: String, now: Int64) throws(CommandFailure) -> Int64? {
    guard let text else { return nil }
    if let instant = Timestamp.parse(text) { return instant }
    if let span = durationNanoseconds(text) { return now - span }
    let parts = text.split(separator: ".", maxSplits: 1)
    if let first = parts.first, let seconds = Int64(first), (0...9_000_000_000).contains(seconds) {
        let digits = parts.count == 2 ? String(parts[1].prefix(9)) : ""
        let fraction = Int64(digits + String(repeating: "0", count: 9 - digits.count))
        if let fraction { return seconds * 1_000_000_000 + fraction }
    }
    throw CommandFailure(
        "invalid value for \"\(option)\": \"\(text)\" is neither a time (2013-01-02T13:23:37Z) nor a duration (42m)")
}

/// `1h30m`, `42m`, `1.5s`, `100ms`; `nil` if it is none.
private func durationNanoseconds(_ text: String) -> Int64? {
    let units: [(String, Double)] = [
        ("ms", 1e6), ("us", 1e3), ("µs", 1e3), ("ns", 1), ("h", 3.6e12), ("m", 6e10), ("s", 1e9),
    ]
    var rest = text[...]
    var total = 0.0
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
        let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        rest = rest.dropFirst(digits.count)
        guard let number = Double(digits), let unit = units.first(where: { rest.hasPrefix($0.0) }) else { return nil }
        total += number * unit.1
        rest = rest.dropFirst(unit.0.count)
    }
    return total < 9e18 ? Int64(total) : nil
}
