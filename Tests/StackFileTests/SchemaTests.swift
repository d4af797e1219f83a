import Testing

@testable import StackFile

/// schemas/roost.schema.json and the loader's own tables can't drift apart.
struct SchemaTests {
    private static let root: String = {
        var path = #filePath
        for _ in 0..<3 { path = FilePath.directory(of: path) }
        return path
    }()

    @Test func namesTheKeysOfTheTables() throws {
        let text = try Command.run(["cat", "schemas/roost.schema.json"], in: Self.root, environment: [:]).output
        let schema = try #require(TreeReader.read(Array(text.utf8), file: 0).first)
        var walk = SchemaWalk(schema: schema)
        walk.collect(schema, "", [])
        let tables = Set(StackSchema.keys.map(\.path))
        #expect(tables.subtracting(walk.paths).sorted() == [], "missing in the schema")
        #expect(walk.paths.subtracting(tables).sorted() == [], "missing in the tables")
    }

    /// What is printed has a place in the order of the output.
    @Test func everyKeyHasAPlaceInTheOutput() {
        func check(_ shape: Shape, _ form: OutputForm?, _ path: String) {
            switch shape.parts {
            case .none: return
            case .values(let inner): check(inner, form?.form(of: "*"), path + ".*")
            case .items(let inner): check(inner, form, path + "[]")
            case .fields(let fields):
                for field in fields.all where !field.key.hasPrefix("x-") {
                    let own = path + "." + field.key
                    if let form, !Self.unprinted.contains(own) {
                        #expect(form.keys.contains(field.key), "\(own)")
                    }
                    check(field.shape, form?.form(of: field.key), own)
                }
            }
        }
        check(ProjectFields.shape, OutputForms.project, "")
    }

    /// What is used up before the output.
    private static let unprinted: Set<String> = [".version", ".include"]

    @Test(.enabled(if: ReferenceCompose.isAvailable, "scripts/reference-compose can't get packages"))
    func acceptsTheExamples() throws {
        let result = try Command.run(
            [Self.root + "/scripts/check-schema"], in: Self.root, environment: ReferenceCompose.shell)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }
}

/// The named keys of a JSON schema, in the notation of ``StackSchema``.
private struct SchemaWalk {
    let schema: Node
    var paths: Set<String> = []

    init(schema: Node) { self.schema = schema }

    /// - Parameter open: the references that are being followed; one may stand inside itself.
    mutating func collect(_ node: Node, _ path: String, _ open: [String]) {
        if let reference = node["$ref"]?.string, !open.contains(reference), let target = target(reference) {
            collect(target, path, open + [reference])
        }
        for key in ["oneOf", "anyOf", "allOf"] {
            for choice in node[key]?.list ?? [] { collect(choice, path, open) }
        }
        if let items = node["items"] { collect(items, path + "[]", open) }
        for key in (node["properties"]?.mapping?.keys ?? []) {
            guard let inner = node["properties"]?[key] else { continue }
            let own = path.isEmpty ? key : path + "." + key
            paths.insert(own)
            collect(inner, own, open)
        }
        for pattern in (node["patternProperties"]?.mapping?.keys ?? []) where pattern != "^x-" {
            guard let inner = node["patternProperties"]?[pattern] else { continue }
            collect(inner, path + ".*", open)
        }
        if let others = node["additionalProperties"], others.mapping != nil { collect(others, path + ".*", open) }
    }

    private func target(_ reference: String) -> Node? {
        reference.split(separator: "/").dropFirst().reduce(schema as Node?) { $0?[String($1)] }
    }
}
