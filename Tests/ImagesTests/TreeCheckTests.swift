import Glibc
import Images
import Kernel
import OCI
import Testing

/// Layers that are kept as directories, checked name by name.
@Suite(.enabled(if: Workbench.isRoot, "root's rights are needed"))
struct TreeCheckTests {
    private let bench: Workbench

    init() throws {
        bench = try Workbench()
    }

    /// A store whose only layer is a directory, and that directory.
    private func store() async throws -> (ImageStore, String) {
        var tar = TarBuilder()
        tar.add("./", .directory, mode: 0o755)
        for name in ["etc/", "etc/deep/", "etc/empty/"] { tar.add(name, .directory, mode: 0o755) }
        tar.add("etc/file", .file, "content", records: [("SCHILY.xattr.user.note", Array("1".utf8))])
        tar.add("etc/deep/twin", .hardLink, link: "etc/file")
        tar.add("etc/deep/alone", .file, "content")
        tar.add("etc/link", .symbolicLink, link: "file")
        tar.add("etc/null", .characterDevice, device: (1, 3))
        tar.add("etc/.wh.gone", .file)
        var layout = try LayoutFixture("\(bench.path)/layout")
        try layout.add([tar.archive], tag: "1")
        let store = try bench.store()
        let image = try await store.open(.layout(path: layout.path, tag: "1"))
        let layer = try #require(image.layers.first)
        let tree = "\(bench.path)/root/layers/sha256/\(layer.diffID.hex)/fs"
        if layer.form == .erofs {
            try Files.makeDirectories(tree, mode: 0o755)
            try shell(
                "\(Workbench.layerExecutable) tree \(tree) <layout/blobs/sha256/\(layer.diffID.hex); rm \(layer.path)")
        }
        return (store, tree)
    }

    @discardableResult
    private func shell(_ script: String) throws -> String {
        let output = try Workbench.run("/bin/sh", ["-ec", "cd \(bench.path); \(script)"])
        try #require(output.code == 0, "\(script): \(output.text)")
        return output.text
    }

    @Test func whatIsChangedInADirectoryIsFoundAndMadeGood() async throws {
        let (store, tree) = try await store()
        #expect(try await store.check().isClean)
        let cases: [(script: String, words: String)] = [
            ("printf CONTENT >etc/file; touch -d @1000000000 etc/file", "another content"),
            ("printf more >>etc/deep/alone; touch -d @1000000000 etc/deep/alone", "\"/etc/deep/alone\""),
            ("chmod 600 etc/deep/alone", "other permissions"), ("chown 1 etc/file", "another owner"),
            ("touch etc/deep", "\"/etc/deep\""), ("touch .", "another time"),
            ("ln -sfn gone etc/link; touch -hd @1000000000 etc/link etc", "a link to something else"),
            ("rm -r etc/empty; touch -d @1000000000 etc", "\"/etc/empty\" in its directory is missing"),
            ("touch etc/deep/new; touch -d @1000000000 etc/deep", "isn't the layer's"),
            ("python3 -c 'import os; os.setxattr(\"etc/file\", \"user.note\", b\"2\")'", "extended attributes"),
            ("cp -a etc/file x; rm etc/file; mv x etc/file; touch -d @1000000000 etc .", "more or fewer names"),
            ("rm etc/null; mknod etc/null c 1 5; touch -d @1000000000 etc etc/null", "another device"),
            ("rm etc/gone; touch -d @1000000000 etc", "\"/etc/gone\" in its directory is missing"),
        ]
        for (script, words) in cases {
            try shell("cd \(tree); \(script)")
            let found = try await store.check()
            #expect(found.problems.count == 1, "\(script): \(found.problems)")
            #expect(found.problems.first.map { "\($0)".contains(words) } ?? false, "\(script): \(found.problems)")
            #expect(try await store.check(repair: true).problems.allSatisfy { $0.repair != nil })
            let after = try await store.check()
            #expect(after.isClean, "\(script): \(after.problems)")
        }
        #expect(try Directory.names(in: "\(bench.path)/root/tmp").isEmpty)
    }
}
