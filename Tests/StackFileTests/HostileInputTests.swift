import Glibc
import Testing

@testable import StackFile

/// Files that mean harm end in one clear message.
struct HostileInputTests {
    private static let bomb: String = {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let uses = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(uses)]\n"
        }
        return text
    }()

    static let texts: [(name: String, bytes: [UInt8], part: String)] = [
        ("aliases of aliases", Array(bomb.utf8), "counting each use of an alias"),
        ("deep lists", Array(String(repeating: "[", count: 10_000).utf8), "levels deep"),
        ("deep mappings", Array(String(repeating: "{a: ", count: 10_000).utf8), "levels deep"),
        ("a cycle", Array("a: &a {b: *a}".utf8), "contains itself"),
        ("invalid UTF-8", Array("services: {a: {image: \"".utf8) + [0xC3, 0x28] + Array("\"}}".utf8), "UTF-8"),
        ("a NUL", Array("services: {a: {image: \"x\\0y\"}}".utf8), "NUL"),
        ("a control character", Array("services: {a: {image: x\u{1}}}".utf8), "not valid"),
        (
            "nested variables",
            Array(
                ("services: {a: {image: \"" + String(repeating: "${A:-", count: 100)
                    + String(repeating: "}", count: 100) + "\"}}").utf8),
            "nested too deeply"
        ),
    ]

    @Test(arguments: texts)
    func rejected(example: (name: String, bytes: [UInt8], part: String)) throws {
        let directory = try ProjectDirectory([:])
        try directory.write(example.bytes, to: "compose.yaml")
        let error = #expect(throws: StackFileError.self) {
            try StackLoader.load(ComposeCase("", "").request(in: directory.path))
        }
        #expect(error?.description.contains(example.part) == true, "\(String(describing: error))")
    }

    @Test func aLargeFileIsNotRead() throws {
        let directory = try ProjectDirectory([:])
        try directory.write(Array(repeating: UInt8(ascii: "#"), count: FileBytes.limit + 1), to: "compose.yaml")
        let error = #expect(throws: StackFileError.self) {
            try StackLoader.load(ComposeCase("", "").request(in: directory.path))
        }
        #expect(error?.description.contains("larger than") == true)
    }

    @Test func pipesAndDevicesAreNotRead() throws {
        let directory = try ProjectDirectory([:])
        mkfifo(directory.path + "/pipe", 0o600)
        for file in ["pipe", "/dev/zero", "."] {
            var request = ComposeCase("", "").request(in: directory.path)
            request.files = [file]
            #expect(throws: StackFileError.self, "\(file)") { try StackLoader.load(request) }
        }
    }

    @Test func aTruncatedFileNeverTraps() throws {
        let text = Array(
            "x: &x {a: \"b\\n\"}\nservices: {a: {<<: *x, image: '${A:-b}', ports: [\"1-2:3-4\"], command: \"a 'b'\"}}"
                .utf8)
        for length in 0...text.count {
            let documents = Result { try TreeReader.read(Array(text.prefix(length)), file: 0) }
            if length == text.count { _ = try documents.get() }
        }
    }
}
