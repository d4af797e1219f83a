import ControlAPI
import Glibc

/// Runs `roost-supervisor` with its arguments (without the program's own name), and returns the code to exit with.
public func runSupervisor(_ arguments: [String]) async -> Int32 {
    guard let invocation = Invocation(arguments) else {
        complain("usage: \(Invocation.usage)")
        return 2
    }
    do {
        try await supervise(locations: invocation.locations, readiness: invocation.readiness)
        return 0
    } catch {
        complain("\(error)")
        return 1
    }
}

private func complain(_ text: String) {
    let line = Array("roost-supervisor: \(text)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
}

/// What `roost-supervisor` is told. Commands and shims start it; nobody has to do it by hand.
struct Invocation: Equatable {
    static let usage = "roost-supervisor --root DIRECTORY --run-root DIRECTORY [--ready-fd NUMBER]"

    var locations: Locations
    /// The descriptor that tells whoever started it that requests are answered.
    var readiness: Int32?

    init?(_ arguments: [String]) {
        var values: [String: String] = [:]
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard ["--root", "--run-root", "--ready-fd"].contains(name), let value = rest.popFirst() else { return nil }
            values[name] = value
        }
        guard let root = values["--root"], let runRoot = values["--run-root"], root.hasPrefix("/"),
            runRoot.hasPrefix("/")
        else { return nil }
        locations = Locations(root: root, runRoot: runRoot)
        if let text = values["--ready-fd"] {
            guard let number = Int32(text), number > 2 else { return nil }
            readiness = number
        }
    }
}
