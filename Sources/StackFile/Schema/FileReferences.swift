import StackModel

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
            Fields<Never>(
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

    /// Below `/run/secrets` where nothing else is said.
    static let secrets = grants(\.secrets, below: "/run/secrets/")
    /// Below the root where nothing else is said.
    static let configs = grants(\.configs, below: "/")

    /// Of a build: any number of them may be of one name.
    static let buildSecrets = Form<[FileGrant]>(.list(of: grant.shape)) { node, place, resolution in
        let grants = Form<[FileGrant]>(.list(of: grant.shape), items: grant).value(node, place, &resolution) ?? []
        return grants.compactMap { grant in
            guard let content = resolution.secrets[grant.source] else { return nil }
            var grant = grant
            grant.content = content
            return grant
        }
    }

    /// What isn't defined, or has no content, is no grant: that has been told already.
    private static func grants(
        _ defined: any KeyPath<Resolution, [String: FileGrant.Content]> & Sendable, below directory: String
    ) -> Form<[FileGrant]> {
        let shape = Shape.list(of: grant.shape).merged(
            by: .unique { $0["target"]?.string ?? directory + ($0["source"]?.string ?? "") })
        return Form(shape) { node, place, resolution in
            let grants = Form<[FileGrant]>(shape, items: grant).value(node, place, &resolution) ?? []
            return grants.compactMap { grant in
                guard let content = resolution[keyPath: defined][grant.source] else { return nil }
                var grant = grant
                grant.content = content
                let target = grant.target.isEmpty ? grant.source : grant.target
                grant.target = target.hasPrefix("/") ? target : directory + target
                return grant
            }
        }
    }

    /// The name alone, or the whole. Its content stands elsewhere.
    static let grant = Form<FileGrant>(
        grantFields, shape: grantShape, from: FileGrant(source: "", content: .inline(""), target: ""))

    private static let grantFields = Fields<FileGrant>([
        Field("gid", .written("is not a numeric id"), "The group of the file.", to: \.gid),
        Field("mode", .fileMode, "The permissions of the file.", to: \.mode),
        Field("source", .text, "The key at the top of the file.", to: \.source),
        Field("target", .text, "The file's path in the container.", to: \.target),
        Field("uid", .written("is not a numeric id"), "The owner of the file.", to: \.uid),
    ])

    private static let grantShape: Shape = {
        var shape = Shape.object(grantFields)
        let read = shape.read
        shape.read = { node, path, findings in
            if case .string = node.value { return .map([("source", node)], node.mark) }
            return read(node, path, &findings)
        }
        return shape
    }()
}
