import Addressing
import StableHashing
import StackModel

/// One value in a difference, as the user is shown it.
struct SettingsLeaf: Equatable {
    var text: String
    /// Compared, never shown.
    var isSecret = false

    init(text: String, isSecret: Bool = false) {
        self.text = text
        self.isSecret = isSecret
    }

    /// `nil` for what has parts of its own.
    init?(_ value: Any, at path: String) {
        switch value {
        case let text as String:
            // A secret is compared in full; it is the shown text that is shortened.
            let isSecret = Self.namesSecret(path)
            self.init(text: isSecret ? text : Self.quoted(text), isSecret: isSecret)
        case let list as [String] where isExactly(value, [String].self):
            let text = Self.spelled(list)
            // `KEY=value` entries, which can hold anything.
            let isSecret = path.hasSuffix(".environment")
            self.init(text: isSecret ? text : Self.shortened(text), isSecret: isSecret)
        case let value as any TextCodable: self.init(text: Self.quoted(value.description))
        case let list as any TextList: self.init(text: Self.shortened(Self.spelled(list.texts)))
        case let ranges as [AddressRange] where isExactly(value, [AddressRange].self):
            self.init(text: ranges.map(Self.spelled).joined(separator: ", "))
        case let mode as NetworkMode: self.init(text: Self.spelled(mode))
        case let span as TimeSpan: self.init(text: span.description)
        case let check as ProbeCheck: self.init(text: Self.shortened(check.description))
        case let action as UnhealthyAction: self.init(text: "\"\(action.rawValue)\"")
        case let policy as RestartPolicy: self.init(text: policy.description)
        case let number as any FixedWidthInteger: self.init(text: "\(number)")
        case let flag as Bool: self.init(text: "\(flag)")
        default: return nil
        }
    }

    func joined(with other: SettingsLeaf) -> SettingsLeaf {
        SettingsLeaf(text: "\(text), \(other.text)", isSecret: isSecret || other.isSecret)
    }

    /// Passwords mostly come as environment variables; their values have no place on a terminal or in a log.
    private static func namesSecret(_ path: String) -> Bool {
        guard path.contains("environment.") || path.contains("labels.") || path.contains("driver_opts.") else {
            return false
        }
        let name = path.uppercased()
        return ["PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "CREDENTIAL", "APIKEY", "_KEY", "_URL", "_DSN"]
            .contains { name.contains($0) }
    }

    private static func spelled(_ list: [String]) -> String {
        "[" + list.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
    }

    private static func quoted(_ text: String) -> String {
        shortened("\"\(text)\"")
    }

    /// At most 40 characters. What was cut is stood for by a checksum: two long values with one beginning still differ.
    private static func shortened(_ shown: String) -> String {
        let line = shown.map { $0.isNewline || $0 == "\t" ? " " : String($0) }.joined()
        guard line.count > 40 || line != shown else { return shown }
        return line.prefix(36) + "… #" + checksum(shown)
    }

    /// Sixteen bits.
    private static func checksum(_ text: String) -> String {
        let hash = StableHash(text).value
        return hexadecimal(hash ^ (hash >> 32), digits: 4)
    }

    private static func spelled(_ mode: NetworkMode) -> String {
        switch mode {
        case .networks: "networks"
        case .none: "\"none\""
        case .host: "\"host\""
        case .service(let name): "\"service:\(name)\""
        case .container(let name): "\"container:\(name)\""
        }
    }

    private static func spelled(_ range: AddressRange) -> String {
        [range.subnet.map { "\($0)" }, range.gateway.map { "gateway \($0)" }, range.ipRange.map { "range \($0)" }]
            .compactMap { $0 }.joined(separator: " ")
    }
}

/// The lists of the model whose entries have a key of their own: their target in the container.
struct SettingsList {
    var entries: [(key: String, text: SettingsLeaf)]

    init?(_ value: Any) {
        switch value {
        case let ports as [PublishedPort] where isExactly(value, [PublishedPort].self):
            entries = ports.map { ("\($0.target)/\($0.protocol)", SettingsLeaf(text: Self.spelled($0))) }
        case let mounts as [VolumeMount] where isExactly(value, [VolumeMount].self):
            entries = mounts.map { ($0.target, SettingsLeaf(text: Self.spelled($0))) }
        case let grants as [FileGrant] where isExactly(value, [FileGrant].self):
            entries = grants.map { ($0.target, SettingsLeaf(text: Self.spelled($0), isSecret: Self.isInline($0))) }
        default: return nil
        }
    }

    private static func spelled(_ port: PublishedPort) -> String {
        let host = port.hostIP.map { "\($0):" } ?? ""
        guard let range = port.published else { return host + "any" }
        return host + (range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)")
    }

    private static func spelled(_ mount: VolumeMount) -> String {
        var words: [String] =
            switch mount.source {
            case .named(let name): ["volume \(name)"]
            case .anonymous: ["anonymous volume"]
            case .bind(let path, let create, let propagation):
                [path] + (create ? [] : ["must exist"]) + (propagation.map { [$0] } ?? [])
            case .tmpfs(let size, let mode):
                ["tmpfs"] + (size.map { ["size=\($0)"] } ?? []) + (mode.map { ["mode=\(String($0, radix: 8))"] } ?? [])
            }
        if mount.readOnly { words.append("ro") }
        if mount.noCopy { words.append("nocopy") }
        if let subpath = mount.subpath { words.append("subpath=\(subpath)") }
        return (words + mount.options).joined(separator: " ")
    }

    private static func isInline(_ grant: FileGrant) -> Bool {
        if case .inline = grant.content { true } else { false }
    }

    private static func spelled(_ grant: FileGrant) -> String {
        let content =
            switch grant.content {
            case .file(let path): path
            case .inline(let text): "content \(text)"
            }
        let owner = grant.uid ?? grant.gid.map { _ in 0 }
        return
            ([grant.source, content, owner?.description, grant.gid?.description].compactMap { $0 }
            + (grant.mode.map { ["mode=\(String($0, radix: 8))"] } ?? [])).joined(separator: " ")
    }
}

/// A list of values that are written as their text. A conformance, unlike a cast of the list, tells empty ones apart.
private protocol TextList {
    var texts: [String] { get }
}

extension Array: TextList where Element: TextCodable {
    fileprivate var texts: [String] { map(\.description) }
}

/// An empty array can be cast to an array of anything, so that a cast alone doesn't tell what it is an array of.
private func isExactly<Value>(_ value: Any, _ type: Value.Type) -> Bool {
    Swift.type(of: value) == type
}
