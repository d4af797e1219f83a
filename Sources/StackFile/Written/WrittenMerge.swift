import OrderedCollections

/// How trees whose variables stay as they are written combine (Compose specification, "Merge").
enum WrittenMerge {
    static func merge(_ base: Node, _ over: Node, _ path: [String] = []) -> Node {
        switch over.override {
        case .reset, .replace: return over
        case .none: break
        }
        if base.override == .reset { return over }
        switch rule(path) {
        case .replace: return over
        case .sequence: return joined(base, over, path)
        case .logging where base["driver"]?.string != over["driver"]?.string && base["driver"] != nil:
            return over["driver"] == nil ? mappings(base, over, path) : over
        case .logging, .none: break
        }
        if over.isNull { return base }
        if base.mapping != nil, over.mapping != nil { return mappings(base, over, path) }
        guard let first = base.list, let second = over.list else { return over }
        return base.with(.list(unique(first + second, path)))
    }

    private enum Rule {
        case none, replace, logging
        /// Short forms of both, one after the other.
        case sequence
    }

    private static func rule(_ path: [String]) -> Rule {
        guard path.count > 2 else { return .none }
        let rest = path.dropFirst(2).joined(separator: ".")
        guard path[0] == "services" else {
            return rest == "labels" && (path[0] == "networks" || path[0] == "volumes") ? .sequence : .none
        }
        switch rest {
        case "command", "entrypoint", "healthcheck.test": return .replace
        case "logging": return .logging
        case "annotations", "dns", "dns_opt", "dns_search", "env_file", "label_file", "environment", "labels",
            "sysctls", "tmpfs", "extra_hosts", "build.args", "build.labels", "build.extra_hosts",
            "build.additional_contexts", "deploy.labels":
            return .sequence
        default: return path.count == 4 && path[2] == "ulimits" ? .replace : .none
        }
    }

    private static func mappings(_ base: Node, _ over: Node, _ path: [String]) -> Node {
        guard case .map(var result) = base.value, let other = over.mapping else { return over }
        for (key, entry) in other.entries {
            if let old = result[key] {
                result.set(key, merge(old, entry.node, path + [key]))
            } else {
                result.set(key, entry.node, keyMark: entry.keyMark)
            }
        }
        return base.with(.map(result))
    }

    private static func joined(_ base: Node, _ over: Node, _ path: [String]) -> Node {
        // Resets inside a mapping take their entries away, as they do elsewhere.
        var base = base
        if case .map(var kept) = base.value, let entries = over.mapping?.entries {
            for (key, entry) in entries where entry.node.override != .none { kept.remove(key) }
            base = base.with(.map(kept))
        }
        let items = unique(sequence(base) + sequence(over), path)
        return (base.isNull ? over : base).with(.list(items))
    }

    /// A mapping as `NAME=VALUE`, in order of the names.
    private static func sequence(_ node: Node) -> [Node] {
        switch node.value {
        case .list(let items): return items
        case .string: return [node]
        case .map(let mapping):
            var items: [(String, Node)] = []
            for (key, entry) in mapping.entries where entry.node.override != .reset {
                let values = entry.node.list ?? [entry.node]
                for value in values {
                    let text = value.isNull ? key : "\(key)=\(value.scalarText ?? "")"
                    items.append((text, value.with(.string(text))))
                }
            }
            return items.sorted { $0.0 < $1.0 }.map(\.1)
        default: return []
        }
    }

    /// Without items that are named again, each at its first place.
    static func unique(_ items: [Node], _ path: [String]) -> [Node] {
        guard path.count > 2, let key = key(path) else { return items }
        return Merging.unique(items, by: key)
    }

    private static func key(_ path: [String]) -> ((Node) -> String)? {
        switch path.dropFirst(2).joined(separator: ".") {
        case "annotations", "build.args", "build.additional_contexts", "build.tags", "build.labels", "cap_add",
            "cap_drop", "deploy.labels", "dns", "dns_opt", "dns_search", "environment", "labels", "links", "profiles",
            "sysctls", "tmpfs":
            return { String(($0.string ?? "").prefix { $0 != "=" }) }
        case "volumes", "devices": return { $0["target"]?.string ?? $0.string ?? "" }
        case "env_file": return { $0["path"]?.string ?? "" }
        case "expose", "extra_hosts": return { $0.scalarText ?? "" }
        case "configs": return { $0["target"]?.string ?? "/" + ($0["source"]?.string ?? "") }
        case "secrets": return { $0["target"]?.string ?? "/run/secrets/" + ($0["source"]?.string ?? "") }
        case "ports": return port
        default: return nil
        }
    }

    private static func port(_ node: Node) -> String {
        if let text = node.string { return text }
        let parts = ["host_ip", "published", "target", "protocol"].map { node[$0]?.scalarText ?? "" }
        return parts.joined(separator: ":")
    }
}
