import StackModel

/// `volumes` and `tmpfs` of a service (Compose specification, "Services", "volumes").
enum Mounts {
    static let form = Form<[VolumeMount]>(
        .list(of: shape).merged(by: .unique { $0["target"]?.string ?? "" }), items: mount)

    private static let mount = Form<VolumeMount>(fields, shape: shape, from: WrittenMount()) { mount, _, _, _ in
        mount.mount
    }

    private static let shape: Shape = {
        var shape = long
        shape.read = { node, path, findings in
            guard let text = node.string else { return long.read(node, path, &findings) }
            do throws(MountText.Failure) {
                return try MountText.parse(text).node(node)
            } catch {
                return findings.invalid(
                    node, path, "\"\(text)\" is not a volume: \(error.message)",
                    suggestion: "write it like \"data:/var/lib/data:ro\"")
            }
        }
        return shape
    }()

    private static let long = Shape.object(fields)

    private static let fields = Fields<WrittenMount>(
        required: ["type", "target"],
        [
            Field("bind", Form(bind, from: .init()), "How a directory of the host is mounted.", .asWritten, to: \.bind),
            Field("consistency", .text, "How soon changes are seen (Docker Desktop).", doneBy: .nobody),
            Field("image", .object(image), "How an image is mounted.", .asWritten),
            Field("read_only", .boolean, "Whether the container can't write.", to: \.readOnly),
            Field("source", .text, "The volume, the path on the host, or the image.", to: \.source),
            Field("target", .text, "The path in the container.", to: \.target),
            Field("tmpfs", tmpfs, "How the file system in memory is made.", .asWritten, in: \.self),
            Field("type", .text(types).only("bind", "volume", "tmpfs"), "What is mounted.", to: \.type),
            Field("volume", volume, "How the volume is mounted.", .asWritten, in: \.self),
        ])

    private static let types = Shape.choice("bind", "volume", "tmpfs", "cluster", "npipe", "image")

    private static let bind = Fields<WrittenMount.Bind>([
        Field("create_host_path", .boolean, "Whether a missing directory is made.", .unlessTrue, to: \.creates),
        Field(
            "propagation", .text(unless: propagation), "How mounts below it are seen: rprivate, rslave, rshared, ….",
            to: \.propagation),
        Field("recursive", .choice("enabled", "disabled", "writable", "readonly"), "What is mounted below it."),
        // Without SELinux there is nothing to label.
        Field(
            "selinux", .choice("z", "Z"), "The label: z for several containers, Z for this one.", doneBy: .nobody),
    ])

    @Sendable private static func propagation(_ text: String) -> String? {
        MountText.propagations.contains(text)
            ? nil : "must be one of \(MountText.propagations.joined(separator: ", "))"
    }

    private static let volume = Fields<WrittenMount>([
        Field("labels", .distinctLabels, "Labels of an anonymous volume."),
        Field(
            "nocopy", .boolean, "Whether the image's files aren't copied into an empty volume.", to: \.noCopy),
        Field("subpath", .text, "The directory in the volume.", to: \.subpath),
    ])

    private static let tmpfs = Fields<WrittenMount>([
        Field(
            "mode", .integer(0...0xFFFF_FFFF, fractions: true, texts: false), "The permissions, as a number.",
            to: \.mode),
        Field("size", .bytes(size), "The most it holds.", to: \.size),
    ])

    private static let size = Shape { node, path, findings in
        if let number = node.integer, number < 0 {
            return findings.invalid(node, path, "\(number) must be at least 0")
        }
        return Shape.wholeBytes.read(node, path, &findings)
    }

    private static let image = Fields<Never>([Field("subpath", .text, "The directory in the image.")])

    /// `tmpfs`: `PATH[:OPTION,…]`.
    static let temporary = Form<[VolumeMount]>(.textOrTexts) { node, _, _ in node.strings.map(temporary) }

    private static func temporary(_ text: String) -> VolumeMount {
        let parts = text.split(separator: ":", maxSplits: 1)
        var mount = VolumeMount(source: .tmpfs(size: nil, mode: nil), target: String(parts.first ?? ""))
        var (size, mode): (Int64?, UInt32?) = (nil, nil)
        for option in parts.count > 1 ? parts[1].split(separator: ",").map(String.init) : [] {
            if option == "ro" {
                mount.readOnly = true
            } else if option.hasPrefix("size="), let bytes = ByteCount.parse(String(option.dropFirst(5))) {
                size = bytes
            } else if option.hasPrefix("mode="), let bits = UInt32(option.dropFirst(5), radix: 8) {
                mode = bits
            } else {
                mount.options.append(option)
            }
        }
        mount.source = .tmpfs(size: size, mode: mode)
        return mount
    }
}

/// The long form of a mount: what its source is depends on its type.
private struct WrittenMount {
    struct Bind {
        /// As Docker: the short form makes the directory, and so does a long one with a `bind` that doesn't forbid it.
        /// The canonical form of either has a `bind`; without one a missing source is an error.
        var creates = true
        var propagation: String?
    }

    var type = ""
    var source: String?
    var target = ""
    var readOnly = false
    var bind: Bind?
    var noCopy = false
    var subpath: String?
    var size: Int64?
    var mode: UInt32?

    /// `nil` for a type that isn't carried out.
    var mount: VolumeMount? {
        let source: VolumeMount.Source
        switch type {
        case "bind":
            source = .bind(
                path: FilePath.clean(self.source ?? ""), create: bind?.creates ?? false, propagation: bind?.propagation)
        case "volume": source = self.source.map(VolumeMount.Source.named) ?? .anonymous
        case "tmpfs": source = .tmpfs(size: size, mode: mode)
        default: return nil
        }
        return VolumeMount(
            source: source, target: target, readOnly: readOnly, noCopy: noCopy, subpath: subpath)
    }
}
