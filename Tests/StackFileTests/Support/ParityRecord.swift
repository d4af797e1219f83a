import Glibc

@testable import StackFile

/// What came of each case, a line of JSON each, in the file that `ROOST_PARITY` names; scripts/parity makes a table of it.
enum ParityRecord {
    enum Outcome: String {
        case equal, different
        /// Roost's answer is another one, with a reason.
        case exception
    }

    static func add(topic: String, name: String, kind: String, _ outcome: Outcome, reason: String? = nil) {
        guard let path = getenv("ROOST_PARITY").map({ String(cString: $0) }) else { return }
        var fields = [
            ("topic", topic), ("name", name), ("kind", kind), ("outcome", outcome.rawValue),
        ]
        if let reason { fields.append(("reason", reason)) }
        let line = "{" + fields.map { "\(quoted($0)):\(quoted($1))" }.joined(separator: ",") + "}\n"
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard file >= 0 else { return }
        defer { close(file) }
        // Appended in one call: tests run beside each other.
        _ = write(file, line, line.utf8.count)
    }

    /// Counts the case as different unless `check` comes to its end with true.
    static func counting(
        topic: String, name: String, kind: String, exception: String? = nil, _ check: () throws -> Bool
    ) rethrows {
        var isEqual = false
        defer {
            let outcome: Outcome = isEqual ? (exception == nil ? .equal : .exception) : .different
            add(topic: topic, name: name, kind: kind, outcome, reason: exception)
        }
        isEqual = try check()
    }

    private static func quoted(_ text: String) -> String {
        let node = Node(.string(text), Mark(file: 0, line: 1, column: 1))
        return JSONWriter(isIndented: false, doublesDollars: false).text(of: node)
    }
}
