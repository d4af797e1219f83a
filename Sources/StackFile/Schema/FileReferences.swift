/// `env_file`, and the grants of `secrets` and `configs` (Compose specification, "Services").
enum FileReferences {
    /// One path, or a list of paths and long forms; printed as long forms.
    static let environmentFiles: Shape = {
        var shape = Shape.list(of: environmentFile).merged(by: .unique { $0["path"]?.string ?? "" })
        let list = shape.read
        shape.read = { node, path, findings in
            if case .string = node.value {
                return environmentFile.read(node, path, &findings).map { node.with(.list([$0])) }
            }
            guard node.list != nil else { return findings.wrongType(node, path, "a string or a list") }
            return list(node, path, &findings)
        }
        return shape
    }()

    private static let environmentFile: Shape = {
        var shape = Shape.object(
            Fields(
                required: ["path"], others: .none,
                [
                    Field("format", .text, "raw: values are taken as they are."),
                    Field("path", .text, "The file."),
                    Field("required", .boolean, "Whether it must be there.", .unlessTrue),
                ]))
        let read = shape.read
        shape.read = { node, path, findings in
            if case .string = node.value { return .map([("path", node)], node.mark) }
            return read(node, path, &findings)
        }
        return shape
    }()

    static let secrets = grants(defaultTarget: { "/run/secrets/\($0)" })
    static let configs = grants(defaultTarget: { "/\($0)" })

    private static func grants(defaultTarget: @escaping @Sendable (String) -> String) -> Shape {
        Shape.list(of: grant)
            .merged(by: .unique { $0["target"]?.string ?? defaultTarget($0["source"]?.string ?? "") })
    }

    /// The name alone, or the whole.
    static let grant: Shape = {
        var shape = Shape.object(
            Fields([
                Field("gid", .text, "The group of the file.", start: Problems.text(Problems.identifier)),
                Field("mode", .fileMode, "The permissions of the file."),
                Field("source", .text, "The key at the top of the file."),
                Field("target", .text, "The file's path in the container."),
                Field("uid", .text, "The owner of the file.", start: Problems.text(Problems.identifier)),
            ]))
        let read = shape.read
        shape.read = { node, path, findings in
            if case .string = node.value { return .map([("source", node)], node.mark) }
            return read(node, path, &findings)
        }
        return shape
    }()
}
