import StackModel

extension ObservedStack {
    /// What has changed since an earlier look, one line each, in the user's words.
    public func changes(since earlier: ObservedStack) -> [String] {
        let before = Dictionary(earlier.containers.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let now = Dictionary(containers.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var lines: [String] = []
        for id in Set(before.keys).union(now.keys).sorted() {
            switch (before[id], now[id]) {
            case (nil, let container?): lines.append("container \(container.name) is new")
            case (let container?, nil): lines.append("container \(container.name) is gone")
            case (let old?, let new?):
                if old.spec != new.spec { lines.append("container \(new.name) was changed") }
                if old.state.word != new.state.word {
                    lines.append("container \(new.name) was \(old.state.word) and is \(new.state.word)")
                }
            case (nil, nil): break
            }
        }
        lines += Self.changes("network", earlier.networks, networks)
        lines += Self.changes("volume", earlier.volumes, volumes)
        lines += Self.changes("image", earlier.images.compactMapValues(\.stored), images.compactMapValues(\.stored))
        for (service, contents) in contents.sorted(by: { $0.key < $1.key }) {
            lines += Self.changes("\(service)'s file", earlier.contents[service] ?? [:], contents)
        }
        return lines
    }

    private static func changes<Value: Equatable>(
        _ kind: String, _ before: [String: Value], _ now: [String: Value]
    ) -> [String] {
        Set(before.keys).union(now.keys).sorted().compactMap { name in
            if before[name] == now[name] { return nil }
            return "\(kind) \(name) " + (before[name] == nil ? "is new" : now[name] == nil ? "is gone" : "was changed")
        }
    }
}

extension ContainerState {
    /// Docker's word.
    fileprivate var word: String {
        switch self {
        case .created: "created"
        case .running: "running"
        case .restarting: "restarting"
        case .exited(let code): "exited (\(code))"
        }
    }
}
