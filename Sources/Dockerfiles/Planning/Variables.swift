/// Variables in the order in which they were set last.
struct Variables: Equatable {
    private(set) var names: [String] = []
    private var values: [String: String] = [:]

    init() {}

    /// `NAME=VALUE` each.
    init(_ entries: [String]) {
        for entry in entries {
            let (name, value) = entry.cut("=") ?? (entry, "")
            self[name] = value
        }
    }

    subscript(name: String) -> String? {
        get { values[name] }
        set {
            names.removeAll { $0 == name }
            values[name] = newValue
            if newValue != nil { names.append(name) }
        }
    }

    var entries: [String] { names.map { "\($0)=\(values[$0] ?? "")" } }
}
