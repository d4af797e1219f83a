import OrderedCollections
import StackModel

/// `build` (Compose Build specification).
enum BuildFields {
    /// The context alone, or the whole.
    static let shape: Shape = {
        var shape = Shape.object(fields)
        let read = shape.read
        shape.read = { node, path, findings in
            if case .string = node.value { return .map([("context", node)], node.mark) }
            return read(node, path, &findings)
        }
        return shape
    }()

    static let form = Form<BuildSettings>(fields, shape: shape, from: BuildSettings())

    private static let fields = Fields<BuildSettings>(source + output)

    private static let source: [Field<BuildSettings>] = [
        Field(
            "additional_contexts", Form.texts(.contexts), "Further directories, images or URLs by name.",
            to: \.additionalContexts),
        Field("args", .variables, "Build arguments; without a value, the shell's.", to: \.arguments),
        Field("context", .text, "The directory or URL with the sources.", .asWritten, to: \.context),
        Field("dockerfile", .text, "The Dockerfile's path in the context.", .asWritten, to: \.dockerfile),
        Field("dockerfile_inline", .text, "The Dockerfile's text.", to: \.inline),
        Field("extra_hosts", ExtraHosts.form, "Further names while building, as HOST=IP.", to: \.extraHosts),
        Field("network", .text, "The network of RUN steps.", to: \.network),
        Field("secrets", FileReferences.buildSecrets, "Secrets that RUN steps can mount.", to: \.secrets),
        Field("ssh", .texts(BuildFields.ssh), "SSH agents and keys that RUN steps can mount.", to: \.ssh),
        Field("target", .text, "The stage to build.", to: \.target),
    ]

    private static let output: [Field<BuildSettings>] = [
        Field("cache_from", .texts, "Where cached layers come from."),
        Field("cache_to", .texts, "Where cached layers go."),
        Field("entitlements", .texts(.texts), "Further rights of the build.", to: \.entitlements),
        Field("isolation", .text, "How RUN steps are isolated.", only: "default"),
        Field("labels", .labels, "Labels of the image.", to: \.labels),
        Field("no_cache", .boolean, "Whether cached layers are passed over.", to: \.noCache),
        Field(
            "no_cache_filter", .texts(.textOrDistinctTexts), "Stages for which cached layers are passed over.",
            to: \.uncachedStages),
        Field("platforms", .texts(.texts), "The platforms to build for.", to: \.platforms),
        Field("privileged", .boolean, "Whether RUN steps may do what root on the host may.", to: \.privileged),
        Field("provenance", .textOrBoolean, "The provenance attestation.", only: false),
        Field("pull", .boolean, "Whether newer base images are fetched.", to: \.pull),
        Field("sbom", .textOrBoolean, "The SBOM attestation.", only: false),
        Field("shm_size", .bytes(.wholeBytes), "The size of /dev/shm.", to: \.shmSize),
        Field("tags", .texts(.uniqueTexts), "Further names of the image.", to: \.tags),
        Field("ulimits", Limits.buildUlimits, "Resource limits of RUN steps.", to: \.ulimits),
    ]

    /// `default`, `ID=PATH`; printed as a list.
    private static let ssh = Shape(merge: .append) { node, path, findings in
        var result: [Node] = []
        switch node.value {
        case .list(let items):
            for (index, item) in items.enumerated() {
                guard let text = item.string else {
                    _ = findings.wrongType(item, path.index(index), "a string")
                    continue
                }
                guard let cut = text.firstIndex(of: "=") else {
                    if text != "default" {
                        _ = findings.invalid(
                            item, path.index(index), "\"\(text)\" is not an SSH key",
                            suggestion: "write it as ID=PATH, or \"default\" for the agent")
                    }
                    result.append(item)
                    continue
                }
                result.append(key(String(text[..<cut]), String(text[text.index(after: cut)...]), item))
            }
        case .map(let mapping):
            for (id, entry) in mapping.entries { result.append(key(id, entry.node.scalarText ?? "", entry.node)) }
        default: return findings.wrongType(node, path, "a mapping or a list")
        }
        return node.with(.list(result))
    }

    private static func key(_ id: String, _ path: String, _ node: Node) -> Node {
        node.with(.string(path.isEmpty ? id : "\(id): \(path)"))
    }
}
