import OrderedCollections

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

    private static let fields = Fields<Never>(source + output)

    private static let source: [Field<Never>] = [
        Field("additional_contexts", .contexts, "Further directories, images or URLs by name."),
        Field("args", .variables, "Build arguments; without a value, the shell's."),
        Field("context", .text, "The directory or URL with the sources.", .asWritten),
        Field("dockerfile", .text, "The Dockerfile's path in the context.", .asWritten),
        Field("dockerfile_inline", .text, "The Dockerfile's text."),
        Field("extra_hosts", ExtraHosts.form.shape, "Further names while building, as HOST=IP."),
        Field("network", .text, "The network of RUN steps."),
        Field("secrets", .list(of: FileReferences.grant.shape), "Secrets that RUN steps can mount."),
        Field("ssh", BuildFields.ssh, "SSH agents and keys that RUN steps can mount."),
        Field("target", .text, "The stage to build."),
    ]

    private static let output: [Field<Never>] = [
        Field("cache_from", .texts, "Where cached layers come from."),
        Field("cache_to", .texts, "Where cached layers go."),
        Field("entitlements", .texts, "Further rights of the build."),
        Field("isolation", .text, "How RUN steps are isolated."),
        Field("labels", .labels, "Labels of the image."),
        Field("no_cache", .boolean, "Whether cached layers are passed over."),
        Field("no_cache_filter", .textOrDistinctTexts, "Stages for which cached layers are passed over."),
        Field("platforms", .texts, "The platforms to build for."),
        Field("privileged", .boolean, "Whether RUN steps may do what root on the host may."),
        Field("provenance", .textOrBoolean, "The provenance attestation."),
        Field("pull", .boolean, "Whether newer base images are fetched."),
        Field("sbom", .textOrBoolean, "The SBOM attestation."),
        Field("shm_size", .wholeBytes, "The size of /dev/shm."),
        Field("tags", .uniqueTexts, "Further names of the image."),
        Field("ulimits", Limits.buildUlimits, "Resource limits of RUN steps."),
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
