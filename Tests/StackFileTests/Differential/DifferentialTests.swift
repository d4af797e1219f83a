import Diagnostics
import Testing

@testable import StackFile

/// `config --format json` of Roost and of Docker Compose give the same values.
@Suite(.enabled(if: ReferenceCompose.isAvailable, "scripts/reference-compose can't get Docker Compose"))
struct DifferentialTests {
    @Test(arguments: ComposeCase.accepted)
    func sameConfiguration(_ example: ComposeCase) throws {
        try ParityRecord.counting(
            topic: example.topic, name: example.name, kind: "accepted", exception: example.exception
        ) {
            let differences = try Self.differences(example)
            guard let reason = example.exception else {
                #expect(differences == [])
                return differences.isEmpty
            }
            #expect(differences != [], "no exception any more: \(reason)")
            return !differences.isEmpty
        }
    }

    private static func differences(_ example: ComposeCase) throws -> [String] {
        let directory = try ProjectDirectory(example.files)
        let place = FilePath.clean(directory.path + "/" + example.directory)
        let reference = try ReferenceCompose.config(example, in: place)
        let isRejected = reference.status != 0
        try #require(!isRejected || example.exception != nil, "Docker rejects it: \(reference.errors)")
        let loaded = try StackLoader.load(example.request(in: place))
        if isRejected { return ["Docker rejects it"] }
        let ours = try #require(TreeReader.read(Array(loaded.canonical.json().utf8), file: 0).first)
        let theirs = try #require(TreeReader.read(Array(reference.output.utf8), file: 0).first)
        let yaml = try #require(TreeReader.read(Array(loaded.canonical.yaml().utf8), file: 0).first)
        let form = example.flags.contains("--no-interpolate") ? nil : OutputForms.project
        let again = JSONWriter(isIndented: false, doublesDollars: false).text(of: yaml, form)
        let read = try #require(TreeReader.read(Array(again.utf8), file: 0).first)
        return Node.differences(ours, theirs) + Node.differences(read, theirs).map { "as YAML: " + $0 }
    }

    @Test(arguments: ComposeCase.rejected)
    func sameRejection(_ example: ComposeCase) throws {
        try ParityRecord.counting(
            topic: example.topic, name: example.name, kind: "rejected", exception: example.exception
        ) {
            let directory = try ProjectDirectory(example.files)
            let place = FilePath.clean(directory.path + "/" + example.directory)
            let reference = try ReferenceCompose.config(example, in: place)
            let isExpected = (reference.status != 0) == (example.exception == nil)
            #expect(isExpected, "Docker: \(reference.errors)")
            let error = #expect(throws: StackFileError.self) {
                try StackLoader.load(example.request(in: place))
            }
            let first = try #require(error?.diagnostics.first { $0.severity == .error })
            let hasPlace = first.position != nil || example.isPlaceless
            #expect(hasPlace, "no position: \(first)")
            return isExpected && hasPlace
        }
    }
}
