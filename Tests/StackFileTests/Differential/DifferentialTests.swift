import Diagnostics
import Testing

@testable import StackFile

/// `config --format json` of Roost and of Docker Compose give the same values.
@Suite(.enabled(if: ReferenceCompose.isAvailable, "scripts/reference-compose can't get Docker Compose"))
struct DifferentialTests {
    @Test(arguments: ComposeCase.accepted)
    func sameConfiguration(_ example: ComposeCase) throws {
        let directory = try ProjectDirectory(example.files)
        let reference = try ReferenceCompose.config(
            example.arguments, in: directory.path,
            environment: ReferenceCompose.shell.merging(example.environment) { $1 })
        try #require(reference.status == 0, "Docker rejects it: \(reference.errors)")
        let loaded = try StackLoader.load(example.request(in: directory.path))
        let ours = try #require(TreeReader.read(Array(loaded.canonical.json().utf8), file: 0).first)
        let theirs = try #require(TreeReader.read(Array(reference.output.utf8), file: 0).first)
        #expect(Node.differences(ours, theirs) == [])
        let yaml = try #require(TreeReader.read(Array(loaded.canonical.yaml().utf8), file: 0).first)
        #expect(Node.differences(JSONForm.complete(yaml), theirs) == [], "as YAML")
    }

    @Test(arguments: ComposeCase.rejected)
    func sameRejection(_ example: ComposeCase) throws {
        let directory = try ProjectDirectory(example.files)
        let reference = try ReferenceCompose.config(
            example.arguments, in: directory.path,
            environment: ReferenceCompose.shell.merging(example.environment) { $1 })
        #expect(reference.status != 0, "Docker accepts it")
        let error = #expect(throws: StackFileError.self) {
            try StackLoader.load(example.request(in: directory.path))
        }
        let first = try #require(error?.diagnostics.first { $0.severity == .error })
        #expect(first.position != nil, "no position: \(first)")
    }
}
