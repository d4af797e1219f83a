import Glibc
import Testing

@testable import StackFile

/// Stacks of several files, and values that grow: each ends in one clear message, before it has become large.
struct HostileFilesTests {
    struct Example: Sendable, CustomTestStringConvertible {
        var name: String
        var files: [String: String]
        /// A part of the message.
        var part: String
        var environment: [String: String] = [:]

        var testDescription: String { name }

        init(_ name: String, _ part: String, _ files: [String: String], environment: [String: String] = [:]) {
            self.name = name
            self.part = part
            self.files = files
            self.environment = environment
        }

        /// A stack of one service.
        static func service(
            _ name: String, _ part: String, _ body: String, files: [String: String] = [:],
            environment: [String: String] = [:]
        ) -> Example {
            var example = Example(name, part, files, environment: environment)
            example.files["compose.yaml"] = "services: {a: {image: x, \(body)}}"
            return example
        }
    }

    private static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    /// Each variable is ten times the one before it.
    private static let growing =
        "A0=xxxxxxxxxx\n" + (1...12).map { "A\($0)=" + repeated("${A\($0 - 1)}", 10) + "\n" }.joined()

    private static let small = "services: {a: {image: x}}\n"

    static let includes: [Example] = [
        Example("a file that includes itself", "circle", ["compose.yaml": "include: [compose.yaml]\n" + small]),
        Example(
            "two files that include each other", "circle",
            ["compose.yaml": "include: [b.yaml]\n" + small, "b.yaml": "include: [compose.yaml]"]),
        Example(
            "files that include the next one three times", "too many files",
            (1...12).reduce(into: ["compose.yaml": "include: [1.yaml]\n" + small, "13.yaml": "x-a: 1"]) {
                files, number in
                files["\(number).yaml"] = "include: [\(number + 1).yaml, ./\(number + 1).yaml, ././\(number + 1).yaml]"
            }),
        Example("a device", "not a regular file", ["compose.yaml": "include: [/dev/zero]\n" + small]),
        Example(
            "services that extend each other", "circle",
            ["compose.yaml": "services: {a: {extends: b}, b: {extends: a}}"]),
        Example(
            "services of two files that extend each other", "circle",
            [
                "compose.yaml": "services: {a: {extends: {file: b.yaml, service: a}}}",
                "b.yaml": "services: {a: {extends: {file: compose.yaml, service: a}}}",
            ]),
        Example(
            "a device to extend", "not a regular file",
            ["compose.yaml": "services: {a: {extends: {file: /dev/zero, service: a}}}"]),
    ]

    static let values: [Example] = [
        Example("variables of .env that grow", "too long", ["compose.yaml": small, ".env": growing]),
        .service("variables of an env_file that grow", "too long", "env_file: e", files: ["e": growing]),
        .service("a device as env_file", "not a regular file", "env_file: /dev/zero"),
        Example(
            "a quote that never ends", "never closed",
            ["compose.yaml": small, ".env": "A=\"" + repeated("line\n", 10_000)]),
        .service(
            "a variable used often", "too long", "command: \"\(repeated("${BIG}", 1000))\"",
            environment: ["BIG": repeated("x", 10_000)]),
        .service(
            "defaults within defaults", "nested too deeply",
            "hostname: \"\(repeated("${A:-", 5000))x\(repeated("}", 5000))\""),
        .service(
            "ranges of ports", "too many values",
            "ports: [\((1...3).map { "\"127.0.0.\($0):1-65535:1-65535\"" }.joined(separator: ", "))]"),
        .service("a command of many words", "too many values", "command: \"\(repeated("x ", 200_000))\""),
        .service("a range beyond all ports", "must be 1 to 65535", "ports: [\"1-99999999999999999999\"]"),
        Example(
            "a long text that is used often", "counting each use of an alias",
            [
                "compose.yaml":
                    "x-s: &s \(repeated("x", 100_000))\nx-l: &l [\(repeated("*s, ", 100))]\nx-m: [\(repeated("*l, ", 10))]\n"
                    + small
            ]),
        Example(
            "merge keys of merge keys", "counting each use of an alias",
            [
                "compose.yaml": "x-0: &a0 {\((0..<500).map { "k\($0): v" }.joined(separator: ", "))}\n"
                    + (1...4).map { "x-\($0): &a\($0) {<<: [\(repeated("*a\($0 - 1), ", 50))]}\n" }.joined() + small
            ]),
    ]

    @Test(arguments: includes + values) func rejected(example: Example) throws {
        let directory = try ProjectDirectory(example.files)
        var request = ComposeCase("", "").request(in: directory.path)
        request.environment.merge(example.environment) { _, new in new }
        let error = #expect(throws: StackFileError.self) { try StackLoader.load(request) }
        let text = error?.description ?? ""
        #expect(text.contains(example.part), "\(text.prefix(500))")
        #expect(text.utf8.count < 20_000)
    }

    /// UTF-16 is read where a mark says so, as Compose does, and nowhere else.
    @Test(arguments: [[0xFF, 0xFE] as [UInt8], [0xFE, 0xFF], []]) func otherEncodings(mark: [UInt8]) throws {
        let directory = try ProjectDirectory([:])
        let units = Self.small.utf8.flatMap { mark.first == 0xFE ? [0, $0] : [$0, 0] }
        try directory.write(mark + units, to: "compose.yaml")
        let loaded = Result { try StackLoader.load(ComposeCase("", "").request(in: directory.path)) }
        if mark.isEmpty {
            #expect(throws: StackFileError.self) { try loaded.get() }
        } else {
            #expect(try loaded.get().canonical.services == ["a"])
        }
    }

    @Test func aPipeAsEnvironmentFileIsNotWaitedFor() throws {
        let directory = try ProjectDirectory(["compose.yaml": "services: {a: {image: x, env_file: pipe}}"])
        mkfifo(directory.path + "/pipe", 0o600)
        #expect(throws: StackFileError.self) { try StackLoader.load(ComposeCase("", "").request(in: directory.path)) }
    }

    /// Warnings never crowd out the error that ends the load.
    @Test func theErrorAfterManyWarnings() throws {
        let services = (0..<500).map { "  s\($0): {image: \"${V\($0)}x\"}\n" }.joined()
        let directory = try ProjectDirectory(["compose.yaml": "services:\n\(services)  z: {image: x, enviroment: {}}\n"]
        )
        let error = #expect(throws: StackFileError.self) {
            try StackLoader.load(ComposeCase("", "").request(in: directory.path))
        }
        #expect(error?.description.contains("unknown key \"enviroment\"") == true)
    }
}
