import Glibc
import Images
import Kernel
import OCI
import Testing

/// What reading an archive writes, as the kernel counts it.
@Suite(.enabled(if: Workbench.isRoot && Files.exists(Workbench.roost), "root's rights and roost are needed"))
struct ArchiveWritingTests {
    private let bench: Workbench

    init() throws {
        bench = try Workbench()
    }

    /// The layer's bytes come to the disk once as the blob and once unpacked, never a third time.
    @Test(arguments: ["docker-archive -i all.tar", "docker-archive <all.tar", "oci-archive -i all.tar"])
    func loadWritesEachByteOnce(_ how: String) async throws {
        let size = 24 << 20
        var random = SystemRandomNumberGenerator()
        let content = (0..<(size / 8)).map { _ in random.next() }
        var tar = TarBuilder()
        tar.add("etc/", .directory)
        var archive = tar.bytes
        var file = TarBuilder()
        // Letters, so that the bytes are a text.
        let letters = content.withUnsafeBytes { $0.map { 97 + $0 % 16 } }
        file.add("etc/large", .file, String(decoding: letters, as: UTF8.self))
        archive += file.archive
        var layout = try LayoutFixture("\(bench.path)/layout")
        try layout.add([archive], tag: "1")
        let store = try bench.store("first")
        let name = try Reference(parsing: "large:1")
        _ = try await store.tag(store.open(.layout(path: layout.path, tag: "1")).name, as: name)
        let form = ImageSource.ArchiveForm(rawValue: String(how.prefix { $0 != " " })) ?? .docker
        try await store.save([name.description], as: form, to: "\(bench.path)/all.tar")
        let script = """
            import os, resource, subprocess
            os.chdir("\(bench.path)"); os.environ["ROOST_ROOT"] = "\(bench.path)/second"
            os.environ["ROOST_RUN_ROOT"] = "\(bench.path)/run"
            subprocess.run("\(Workbench.roost) image load -q \(how.drop { $0 != " " })", shell=True, check=True)
            print("written", resource.getrusage(resource.RUSAGE_CHILDREN).ru_oublock * 512)
            """
        let output = try Workbench.run("/usr/bin/python3", ["-c", script])
        let written = try #require(output.text.split(separator: " ").last.flatMap { Int($0.filter(\.isNumber)) })
        #expect(output.code == 0 && written < size * 9 / 4, "\(output.text)")
        let second = try bench.store("second")
        #expect(try await second.check().isClean && second.list().map(\.name) == [name.description])
        #expect(try Directory.names(in: "\(bench.path)/second/tmp").isEmpty)
        #expect(try Directory.names(in: "\(bench.path)/second/partial").isEmpty)
    }
}
