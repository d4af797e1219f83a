/// `env_file`, and the grants of `secrets` and `configs` (Compose specification, "Services").
enum FileReferences {
    /// One path, or a list of paths and long forms; printed as long forms.
    static let environmentFiles = Shape(merge: .unique { $0["path"]?.string ?? "" }) { node, path, findings in
        let items = node.list ?? [node]
        var result: [Node] = []
        for (index, item) in items.enumerated() {
            let itemPath = node.list == nil ? path : path.index(index)
            if case .string = item.value {
                result.append(.map([("path", item), ("required", item.with(.boolean(true)))], item.mark))
            } else if var file = environmentFile.read(item, itemPath, &findings) {
                if case .map(var mapping) = file.value, mapping["required"] == nil {
                    mapping.set("required", item.with(.boolean(true)))
                    file = file.with(.map(mapping))
                }
                result.append(file)
            }
        }
        return node.with(.list(result))
    }

    private static let environmentFile = Shape.object(
        Fields(
            required: ["path"],
            [
                Field("path", .text),
                Field("required", .boolean, keepsZero: true),
                Field("format", .choice("raw")),
            ]))

    static let secrets = grants(defaultTarget: { "/run/secrets/\($0)" })
    static let configs = grants(defaultTarget: { "/\($0)" })

    private static func grants(defaultTarget: @escaping @Sendable (String) -> String) -> Shape {
        Shape.list { node, path, findings in
            if case .string = node.value { return [.map([("source", node)], node.mark)] }
            return grant.read(node, path, &findings).map { [$0] } ?? []
        }.merged(by: .unique { $0["target"]?.string ?? defaultTarget($0["source"]?.string ?? "") })
    }

    private static let grant = Shape.object(
        Fields([
            Field("source", .text),
            Field("target", .text),
            Field("uid", identifier),
            Field("gid", identifier),
            Field("mode", .fileMode),
        ]))

    private static let identifier = Shape.text { UInt32($0) == nil ? "is not a numeric id" : nil }
}
