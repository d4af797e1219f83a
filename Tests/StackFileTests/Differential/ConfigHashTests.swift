import Testing

@testable import StackFile

/// What Roost hashes of a service has the SHA-256 that `docker compose config --hash` prints.
@Suite(.enabled(if: ReferenceCompose.isAvailable, "scripts/reference-compose can't get Docker Compose"))
struct ConfigHashTests {
    /// Every key of a service alone, and all of them together.
    @Test func sameHashes() throws {
        let directory = try ProjectDirectory(["compose.yaml": try Self.everyKey(), "a.lab": ""])
        let reference = try Command.run(
            [#require(ReferenceCompose.program), "--profile", "*", "config", "--hash", "*"], in: directory.path,
            environment: ReferenceCompose.shell)
        try #require(reference.status == 0, "\(reference.errors)")
        var request = LoadRequest(environment: ReferenceCompose.shell, currentDirectory: directory.path)
        request.profiles = ["*"]
        let canonical = try StackLoader.load(request).canonical
        let lines = reference.output.split(separator: "\n")
        #expect(lines.count == canonical.services.count)
        for line in lines {
            let parts = line.split(separator: " ").map(String.init)
            let input = try #require(canonical.hashInput(service: parts[0]))
            let isEqual = try Self.sha256(input) == parts[1]
            #expect(isEqual, "\(parts[0]): \(input)")
            ParityRecord.add(
                topic: "config --hash", name: parts[0], kind: "output", isEqual ? .equal : .different)
        }
    }

    /// schemas/examples/every-key.yaml, with one more service for each key of its service `web`.
    private static func everyKey() throws -> String {
        var root = #filePath
        for _ in 0..<4 { root = FilePath.directory(of: root) }
        let path = root + "/schemas/examples/every-key.yaml"
        let text = try Command.run(["cat", path], in: "/", environment: ReferenceCompose.shell).output
        let tree = try #require(TreeReader.read(Array(text.utf8), file: 0).first)
        guard case .map(var top) = tree.value, let services = tree["services"], case .map(var all) = services.value,
            let web = services["web"]?.mapping
        else { throw CancellationError() }
        for key in web.keys where key != "image" {
            guard let value = web[key] else { continue }
            let own = key == "container_name" ? Node.string("another", tree.mark) : value
            all.set("only-\(key)", .map([("image", .string("x", tree.mark)), (key, own)], tree.mark))
        }
        top.set("services", services.with(.map(all)))
        return YAMLWriter.text(of: tree.with(.map(top)), nil, doublesDollars: false)
    }

    private static func sha256(_ text: String) throws -> String {
        let result = try Command.run(["sha256sum"], in: "/", environment: ReferenceCompose.shell, standardInput: text)
        return String(result.output.prefix(64))
    }
}
