import Testing

@testable import Commands

@Suite struct BundleTests {
    @Test(arguments: [
        ("a", true), ("a/b.yaml", true), ("a/..b", true), ("", false), ("/etc/passwd", false), ("../x", false),
        ("a/../../x", false), ("a//b", false), ("./a", false), ("a/", false), ("a\u{0}b", false),
    ])
    func paths(path: String, isConfined: Bool) {
        #expect(BundleDocument.isConfined(path) == isConfined)
    }

    let file = BundleDocument.File(path: "compose.yaml", mode: 0o644, size: 3, digest: "sha256:0")

    func document(_ change: (inout BundleDocument) -> Void) throws -> BundleDocument {
        var document = BundleDocument(
            project: "shop", directory: "app", stackFiles: ["app/compose.yaml"], files: [file],
            images: ["x": "sha256:1"])
        change(&document)
        return try BundleDocument(json: document.json())
    }

    @Test func documentsAreChecked() throws {
        #expect(try document { _ in }.files == [file])
        let changes: [(inout BundleDocument) -> Void] = [
            { $0.version = 2 }, { $0.files[0].path = "../x" }, { $0.files.append($0.files[0]) },
            { $0.directory = "/etc" },
            { $0.project = "../../etc/cron.d" }, { $0.project = "/etc" }, { $0.project = "" }, { $0.project = "a b" },
            { $0.stackFiles = ["../../x"] },
            { $0.files = Array(repeating: $0.files[0], count: BundleDocument.mostFiles + 1) },
        ]
        for change in changes { #expect(throws: CommandFailure.self) { try document(change) } }
        #expect(throws: CommandFailure.self) { try BundleDocument(json: Array("[]".utf8)) }
    }

    @Test(arguments: [
        ("/srv/app", "/srv/app/compose.yaml", "/srv/app"), ("/srv/app", "/srv/common.yaml", "/srv"),
        ("/srv/app", "/etc/x", "/"), ("/srv/app", "/srv/app2/x", "/srv"), ("/", "/x", "/"),
    ])
    func commonDirectories(first: String, second: String, expected: String) {
        #expect(BundleFiles.common(first, second) == expected)
    }
}
