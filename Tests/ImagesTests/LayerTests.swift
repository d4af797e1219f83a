import Glibc
import Kernel
import Testing

@Suite(.enabled(if: Workbench.isRoot, "layers are unpacked with root's rights"))
struct LayerTests {
    private let bench: Workbench
    private let tree: String

    init() throws {
        bench = try Workbench()
        tree = "\(bench.path)/tree"
        try Files.makeDirectories(tree)
    }

    private func unpack(_ archive: [UInt8], form: String = "tree", compress: String? = nil) throws -> Workbench.Output {
        let file = "\(bench.path)/archive"
        try Files.replace(file, with: archive)
        let pipe = compress.map { "\($0) -c <'\(file)' |" } ?? "<'\(file)'"
        let command = "\(compress == nil ? "" : pipe) '\(Workbench.layerExecutable)' \(form) '\(tree)'"
        return try Workbench.run("/bin/sh", ["-c", compress == nil ? "\(command) \(pipe)" : command])
    }

    private func status(_ name: String) -> stat? {
        var status = stat()
        return lstat("\(tree)/\(name)", &status) == 0 ? status : nil
    }

    private func attribute(_ name: String, _ attribute: String) throws -> String {
        let script = "import os,sys; print(os.getxattr(sys.argv[1],sys.argv[2],follow_symlinks=False).hex())"
        let output = try Workbench.run("/usr/bin/env", ["python3", "-c", script, "\(tree)/\(name)", attribute])
        return output.code == 0 ? String(output.text.dropLast()) : "none"
    }

    @Test func keepsModesOwnersTimesAndLinks() throws {
        var tar = TarBuilder()
        tar.add("./", .directory, mode: 0o1711)
        tar.add("bin/", .directory, mode: 0o755)
        tar.add(
            "bin/su", .file, "program", mode: 0o4755, owner: 1000, group: 2000,
            records: [("mtime", Array("1000000000.123456789".utf8))])
        tar.add("bin/same", .hardLink, link: "bin/su")
        tar.add("link", .symbolicLink, link: "/etc/passwd")
        tar.add("dev/null", .characterDevice, mode: 0o666, device: (1, 3))
        tar.add("fifo", .fifo, mode: 0o600)
        tar.add("ignored", records: [("path", Array(String(repeating: "long/", count: 60).utf8) + Array("ü".utf8))])
        tar.add("late/inner", .file, "1")
        tar.add("late/", .directory, mode: 0o700, time: 5)
        let output = try unpack(tar.archive)
        #expect(output.code == 0, "\(output.text)")
        let program = try #require(status("bin/su"))
        #expect(program.st_mode == 0o104755 && program.st_uid == 1000 && program.st_gid == 2000)
        #expect(program.st_mtim.tv_nsec == 123_456_789 && program.st_nlink == 2)
        #expect(status("bin/same")?.st_ino == program.st_ino)
        #expect(status("")?.st_mode == 0o041711 && status("")?.st_mtim.tv_sec == 1_000_000_000)
        #expect(status("bin")?.st_mtim.tv_sec == 1_000_000_000)
        #expect(status("dev/null")?.st_rdev == 0x103 && status("dev")?.st_mode == 0o040755)
        #expect(status("fifo")?.st_mode == 0o010600)
        #expect(status(String(repeating: "long/", count: 60) + "ü") != nil)
        #expect(status("late")?.st_mode == 0o040700 && status("late")?.st_mtim.tv_sec == 5)
    }

    @Test func turnsWhiteoutsIntoOverlaysOwn() throws {
        var tar = TarBuilder()
        tar.add("etc/.wh.gone")
        tar.add("var/.wh..wh..opq")
        tar.add("var/new", .file, "1")
        tar.add("only/.wh..wh..opq")
        tar.add("again/.wh.directory")
        tar.add("again/directory/", .directory, mode: 0o755)
        tar.add("again/file", .file, "new")
        tar.add("again/.wh.file")
        tar.add(".wh..wh.aufs")
        let output = try unpack(tar.archive)
        #expect(output.code == 0, "\(output.text)")
        #expect(status("etc/gone")?.st_mode == 0o020000 && status("etc/gone")?.st_rdev == 0)
        #expect(try attribute("var", "trusted.overlay.opaque") == "79")
        #expect(try attribute("only", "trusted.overlay.opaque") == "79")
        #expect(try attribute("again/directory", "trusted.overlay.opaque") == "79")
        #expect(status("again/file").map { $0.st_mode & 0o170000 } == 0o100000)
        #expect(status(".wh..wh.aufs") == nil && status(".wh.aufs") == nil && status("etc/.wh.gone") == nil)
    }

    @Test func keepsCapabilitiesAndDropsWhatSpeaksToTheHost() throws {
        let capability: [UInt8] = [1, 0, 0, 2, 0, 4, 0, 0] + [UInt8](repeating: 0, count: 12)
        var tar = TarBuilder()
        tar.add(
            "server", .file, "x", mode: 0o755, owner: 5,
            records: [
                ("SCHILY.xattr.security.capability", capability), ("SCHILY.xattr.user.note", Array("hello".utf8)),
                ("SCHILY.xattr.trusted.overlay.redirect", Array("/etc".utf8)),
                ("SCHILY.xattr.user.overlay.opaque", Array("y".utf8)),
            ])
        #expect(try unpack(tar.archive).code == 0)
        #expect(try attribute("server", "security.capability").hasPrefix("0100000200040000"))
        #expect(try attribute("server", "user.note") == "68656c6c6f")
        #expect(try attribute("server", "trusted.overlay.redirect") == "none")
        #expect(try attribute("server", "user.overlay.opaque") == "none")
    }

    @Test(arguments: ["gzip", "zstd"]) func readsCompressedLayers(_ program: String) throws {
        let output = try unpack(LayerFixture.base, compress: program)
        #expect(output.code == 0, "\(output.text)")
        #expect(try Files.readText("\(tree)/etc/hostname") == "base\n")
    }

    @Test(arguments: ["../escaped", "a/../../escaped", "/../escaped", "./.."])
    func refusesNamesThatLeadUpwards(_ name: String) throws {
        var tar = TarBuilder()
        tar.add(name, .file, "evil")
        let output = try unpack(tar.archive)
        #expect(output.code == 1 && output.text.contains("leads out of the tree"), "\(output.text)")
        #expect(!Files.exists("\(bench.path)/escaped"))
    }

    @Test func nothingLeavesThroughLinks() throws {
        let outside = "\(bench.path)/outside"
        try Files.makeDirectories(outside)
        try Files.replace("\(outside)/secret", with: Array("untouched".utf8))
        var tar = TarBuilder()
        tar.add("absolute", .symbolicLink, link: outside)
        tar.add("absolute/escaped", .file, "evil")
        tar.add("relative", .symbolicLink, link: "../outside")
        tar.add("relative/escaped", .file, "evil")
        tar.add("file", .symbolicLink, link: "\(outside)/secret")
        tar.add("file", .file, "evil")
        tar.add("root", .symbolicLink, link: "/")
        tar.add("root\(outside)/escaped", .file, "evil")
        tar.add("root/.wh.secret")
        _ = try unpack(tar.archive)
        let found = try Workbench.run("/usr/bin/find", [outside, "-type", "f"]).text
        #expect(found == "\(outside)/secret\n")
        #expect(try Files.readText("\(outside)/secret") == "untouched")

        var linked = TarBuilder()
        linked.add("hard", .hardLink, link: "\(outside)/secret")
        #expect(try unpack(linked.archive).code == 1)
        #expect(status("hard") == nil)
    }

    @Test(arguments: [
        (Array("this is no archive".utf8), "can't be read"), (Array(LayerFixture.base.prefix(700)), "can't be read"),
    ])
    func refusesBrokenArchives(_ archive: [UInt8], _ reason: String) throws {
        let output = try unpack(archive)
        #expect(output.code == 1 && output.text.contains(reason), "\(output.text)")
        #expect(output.text.split(separator: "\n").count == 1)
    }

    @Test func anEmptyStreamIsAnEmptyLayer() throws {
        #expect(try unpack([]).code == 0)
        #expect(try unpack([UInt8](repeating: 0, count: 1024)).code == 0)
    }

    @Test func linksInArchivesOfImagesBecomeFiles() throws {
        var tar = TarBuilder()
        tar.add("b/layer.tar", .symbolicLink, link: "../a/layer.tar")
        tar.add("c", .symbolicLink, link: "b/layer.tar")
        tar.add("a/layer.tar", .file, "layer", mode: 0o4777, owner: 7)
        tar.add("null", .characterDevice, device: (1, 3))
        let output = try unpack(tar.archive, form: "archive")
        #expect(output.code == 0, "\(output.text)")
        #expect(status("c")?.st_ino == status("a/layer.tar")?.st_ino && status("c")?.st_mode == 0o100600)
        #expect(status("null") == nil)
        for target in ["../../etc/passwd", "/etc/passwd"] {
            var evil = TarBuilder()
            evil.add("evil", .symbolicLink, link: target)
            #expect(try unpack(evil.archive, form: "archive").code == 1)
            #expect(status("evil") == nil)
        }
    }
}
