/// `volumes` of a service (Compose specification, "Services", "volumes").
enum Mounts {
    static let shape = Shape.list(of: mount).merged(by: .unique { $0["target"]?.string ?? "" })

    private static let mount: Shape = {
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

    private static let long = Shape.object(
        Fields(
            required: ["type", "target"],
            [
                Field("bind", .object(bind), "How a directory of the host is mounted.", .asWritten),
                Field("consistency", .text, "How soon changes are seen (Docker Desktop).", runtime: .none),
                Field("image", .object(image), "How an image is mounted.", .asWritten, runtime: .none),
                Field("read_only", .boolean, "Whether the container can't write."),
                Field("source", .text, "The volume, the path on the host, or the image."),
                Field("target", .text, "The path in the container."),
                Field("tmpfs", .object(tmpfs), "How the file system in memory is made.", .asWritten),
                Field(
                    "type", .choice("bind", "volume", "tmpfs", "cluster", "npipe", "image"), "What is mounted.",
                    runtime: .partial { ["bind", "volume", "tmpfs"].contains($0.string) }),
                Field("volume", .object(volume), "How the volume is mounted.", .asWritten),
            ]))

    private static let bind = Fields([
        Field("create_host_path", .boolean, "Whether a missing directory is made.", .unlessTrue),
        Field("propagation", .text, "How mounts below it are seen: rprivate, rslave, rshared, ….", start: propagation),
        Field(
            "recursive", .choice("enabled", "disabled", "writable", "readonly"), "What is mounted below it.",
            runtime: .none),
        Field("selinux", .choice("z", "Z"), "The label: z for several containers, Z for this one.", runtime: .none),
    ])

    @Sendable private static func propagation(_ node: Node) -> String? {
        MountText.propagations.contains(node.string ?? "")
            ? nil : "\"\(node.string ?? "")\" must be one of \(MountText.propagations.joined(separator: ", "))"
    }

    private static let volume = Fields([
        Field("labels", .distinctLabels, "Labels of an anonymous volume.", runtime: .none),
        Field("nocopy", .boolean, "Whether the image's files aren't copied into an empty volume."),
        Field("subpath", .text, "The directory in the volume."),
    ])

    private static let tmpfs = Fields([
        Field("mode", .integer(0...0xFFFF_FFFF, fractions: true, texts: false), "The permissions, as a number."),
        Field("size", size, "The most it holds."),
    ])

    private static let size = Shape { node, path, findings in
        if let number = node.integer, number < 0 {
            return findings.invalid(node, path, "\(number) must be at least 0")
        }
        return Shape.wholeBytes.read(node, path, &findings)
    }

    private static let image = Fields([Field("subpath", .text, "The directory in the image.")])
}
