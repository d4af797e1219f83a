/// `volumes` and `tmpfs` of a service (Compose specification, "Services", "volumes").
enum Mounts {
    static let shape = Shape.list { node, path, findings in
        switch node.value {
        case .string(let text): return short(text, node, path, &findings).map { [$0] } ?? []
        case .map: return long.read(node, path, &findings).map { [$0] } ?? []
        default:
            _ = findings.wrongType(node, path, "a volume")
            return []
        }
    }.merged(by: .unique { $0["target"]?.string ?? "" })

    private static let long = Shape.object(
        Fields(
            required: ["type"],
            [
                Field("type", .choice("bind", "volume", "tmpfs", "cluster", "npipe", "image"), .partial(isSupported)),
                Field("source", .text),
                Field("target", .text),
                Field("read_only", .boolean),
                Field.unsupported("consistency"),
                Field("bind", .object(bind), keepsZero: true),
                Field("volume", .object(volume), keepsZero: true),
                Field("tmpfs", .object(tmpfs), keepsZero: true),
                Field.unsupported("image"),
            ]))

    private static let bind = Fields([
        Field("propagation", .text),
        Field("create_host_path", createHostPath, keepsZero: true),
        Field.unsupported("recursive"),
        Field.unsupported("selinux"),
    ])

    /// `true` is what is meant anyway, so only `false` is kept.
    private static let createHostPath = Shape { node, path, findings in
        guard let flag = Shape.boolean.read(node, path, &findings) else { return nil }
        return flag.boolean == true ? nil : flag
    }

    private static let volume = Fields([
        Field("nocopy", .boolean),
        Field("subpath", .text),
        Field("labels", .labels, .none),
    ])

    private static let tmpfs = Fields([
        Field("size", .bytes),
        Field("mode", mode),
    ])

    /// Docker prints this one as a plain number.
    private static let mode = Shape { node, path, findings in
        guard let text = Shape.fileMode.read(node, path, &findings)?.string else { return nil }
        return node.with(.integer(Int64(text, radix: 8) ?? 0))
    }

    private static func isSupported(_ type: Node) -> Bool {
        ["bind", "volume", "tmpfs"].contains(type.string)
    }

    /// `[SOURCE:]TARGET[:OPTIONS]`.
    private static func short(_ text: String, _ node: Node, _ path: Path, _ findings: inout Findings) -> Node? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 3, !parts.contains("") else {
            return findings.invalid(
                node, path, "\"\(text)\" is not a volume", suggestion: "write it like \"data:/var/lib/data:ro\"")
        }
        let source = parts.count > 1 ? parts[0] : nil
        let isBind = source.map { $0.hasPrefix("/") || $0.hasPrefix(".") || $0.hasPrefix("~") } ?? false
        let type = isBind ? "bind" : "volume"
        var mount: [(String, Node)] = [("type", node.with(.string(type)))]
        if let source { mount.append(("source", node.with(.string(source)))) }
        mount.append(("target", node.with(.string(parts.count > 1 ? parts[1] : parts[0]))))
        var details: [(String, Node)] = []
        for option in parts.count > 2 ? parts[2].split(separator: ",").map(String.init) : [] {
            switch option {
            case "ro": mount.append(("read_only", node.with(.boolean(true))))
            case "rw": break
            case "nocopy", "volume-nocopy": if !isBind { details.append(("nocopy", node.with(.boolean(true)))) }
            case "z", "Z":
                if isBind { details.append(("selinux", node.with(.string(option)))) }
            case "shared", "slave", "private", "rshared", "rslave", "rprivate":
                if isBind { details.append(("propagation", node.with(.string(option)))) }
            default:
                findings.warning("the option \"\(option)\" of a volume is unknown and is ignored", at: node.mark, path)
            }
        }
        // Docker leaves the details of so short a text out.
        if text.utf8.count > 2 { mount.append((type, .map(details, node.mark))) }
        return .map(mount, node.mark)
    }
}
