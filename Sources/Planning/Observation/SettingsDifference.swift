import StackModel

/// What differs between two values of the model, each difference as a path in the file's spelling with both values:
/// `environment.LOG_LEVEL: "info" → "debug"`.
///
/// It looks at the values by reflection, so that a new property of the model can't be forgotten here.
enum SettingsDifference {
    /// Sorted by path. Empty exactly if the values are equal.
    static func between<Value: Equatable>(_ old: Value, _ new: Value, under prefix: String = "") -> [Difference] {
        if old == new { return [] }
        let before = leaves(of: old, under: prefix)
        let after = leaves(of: new, under: prefix)
        let paths = Set(before.keys).union(after.keys).sorted()
        let found = paths.compactMap { path -> Difference? in
            let (left, right) = (before[path], after[path])
            if left == right { return nil }
            let isSecret = left?.isSecret ?? right?.isSecret ?? false
            return Difference(path: path, old: left?.text, new: right?.text, isSecret: isSecret)
        }
        // A difference that the spelling hides is still a difference.
        return found.isEmpty ? [Difference(path: prefix.isEmpty ? "settings" : prefix)] : found
    }

    private static func leaves(of value: Any, under path: String) -> [String: SettingsLeaf] {
        var leaves: [String: SettingsLeaf] = [:]
        collect(value, at: path, into: &leaves)
        return leaves
    }

    private static func collect(_ value: Any, at path: String, into leaves: inout [String: SettingsLeaf]) {
        if let leaf = SettingsLeaf(value, at: path) {
            leaves[path] = leaf
        } else if let keyed = SettingsList(value) {
            for (key, text) in keyed.entries {
                // Two ports of the host can lead to one port of the container: the path then stands for both.
                let full = "\(path).\(key)"
                leaves[full] = leaves[full].map { $0.joined(with: text) } ?? text
            }
        } else {
            let mirror = Mirror(reflecting: value)
            switch mirror.displayStyle {
            case .optional:
                if let child = mirror.children.first { collect(child.value, at: path, into: &leaves) }
            case .dictionary:
                for child in mirror.children {
                    let pair = Array(Mirror(reflecting: child.value).children)
                    if pair.count == 2 { collect(pair[1].value, at: joined(path, "\(pair[0].value)"), into: &leaves) }
                }
            case .collection:
                // A list that is compared entry by entry, by position.
                for (index, child) in mirror.children.enumerated() {
                    collect(child.value, at: joined(path, "\(index)"), into: &leaves)
                }
            case .struct:
                let count = leaves.count
                for child in mirror.children {
                    collect(child.value, at: joined(path, fileName(of: child.label ?? "")), into: &leaves)
                }
                // An entry without any property set is there all the same.
                if leaves.count == count, !path.isEmpty { leaves[path] = SettingsLeaf(text: "present") }
            default:
                leaves[path] = SettingsLeaf(text: "\(value)")
            }
        }
    }

    private static func joined(_ path: String, _ key: String) -> String {
        key.isEmpty ? path : path.isEmpty ? key : "\(path).\(key)"
    }

    /// The attribute's name in a Compose file: `workingDir` is `working_dir`.
    static func fileName(of property: String) -> String {
        if let name = exceptions[property] { return name }
        return property.reduce(into: "") { name, character in
            if character.isUppercase {
                name += "_" + character.lowercased()
            } else {
                name.append(character)
            }
        }
    }

    /// Properties whose name isn't the file's in camel case. An empty name: the properties inside stand one level up.
    private static let exceptions = [
        "runInit": "init", "isInternal": "internal", "hooks": "x-oci-hooks", "resources": "",
        "probes": "", "startup": "x-startup", "liveness": "x-liveness", "readiness": "x-readiness",
        "onUnhealthy": "x-on-unhealthy",
        "milliCPUs": "cpus (thousandths)",
        "maximumSize": "options.max-size", "maximumFiles": "options.max-file", "ipv4Address": "ipv4_address",
    ]
}
