import Diagnostics
import Testing

@testable import StackFile

/// `config --format json` of Roost and of Docker Compose give the same values.
@Suite(.enabled(if: ReferenceCompose.isAvailable, "scripts/reference-compose can't get Docker Compose"))
struct DifferentialTests {
    @Test(arguments: ComposeCase.accepted)
    func sameConfiguration(_ example: ComposeCase) throws {
        let directory = try ProjectDirectory(example.files)
        let place = FilePath.clean(directory.path + "/" + example.directory)
        let reference = try ReferenceCompose.config(example, in: place)
        try #require(reference.status == 0, "Docker rejects it: \(reference.errors)")
        let loaded = try StackLoader.load(example.request(in: place))
        let ours = try #require(TreeReader.read(Array(loaded.canonical.json().utf8), file: 0).first)
        let theirs = try #require(TreeReader.read(Array(reference.output.utf8), file: 0).first)
        let differences = Node.differences(ours, theirs)
        if let reason = example.exception {
            #expect(differences != [], "no exception any more: \(reason)")
            return
        }
        #expect(differences == [])
        let yaml = try #require(TreeReader.read(Array(loaded.canonical.yaml().utf8), file: 0).first)
        let form = example.flags.contains("--no-interpolate") ? nil : OutputForms.project
        let again = JSONWriter(isIndented: false, doublesDollars: false).text(of: yaml, form)
        let read = try #require(TreeReader.read(Array(again.utf8), file: 0).first)
        #expect(Node.differences(read, theirs) == [], "as YAML")
    }

    @Test(arguments: ComposeCase.rejected)
    func sameRejection(_ example: ComposeCase) throws {
        let directory = try ProjectDirectory(example.files)
        let place = FilePath.clean(directory.path + "/" + example.directory)
        let reference = try ReferenceCompose.config(example, in: place)
        #expect((reference.status != 0) == (example.exception == nil), "Docker: \(reference.errors)")
        let error = #expect(throws: StackFileError.self) {
            try StackLoader.load(example.request(in: place))
        }
        let first = try #require(error?.diagnostics.first { $0.severity == .error })
        // What no file says has no place: the name of a file or of a profile on the command line.
        #expect(first.position != nil || example.files.isEmpty || !example.arguments.isEmpty, "no position: \(first)")
    }
}
