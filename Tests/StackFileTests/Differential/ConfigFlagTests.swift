import Glibc
import Testing

@testable import StackFile

/// `roost config FLAGS` prints what `docker compose config FLAGS` prints and ends with the same code, as whole programs.
@Suite(
    .enabled(if: ReferenceCompose.isAvailable, "scripts/reference-compose can't get Docker Compose"),
    .enabled(if: RoostProgram.path != nil, "roost isn't built beside the tests"))
struct ConfigFlagTests {
    @Test(arguments: FlagCase.all)
    func samePrint(_ example: FlagCase) throws {
        try ParityRecord.counting(
            topic: "flags of config", name: example.testDescription, kind: "output", exception: example.exception
        ) {
            // One directory for both: its path is part of hashes.
            let directory = try ProjectDirectory(FlagCase.projects[example.project] ?? [:])
            let reference = try example.run(#require(ReferenceCompose.program), in: directory.path)
            let ours = try example.run(#require(RoostProgram.path), in: directory.path)
            let isEqual =
                ours.status == reference.status && ours.output == reference.output && ours.saved == reference.saved
            if let reason = example.exception {
                #expect(!isEqual, "no exception any more: \(reason)")
                return !isEqual
            }
            #expect(ours.status == reference.status, "Docker: \(reference.errors)Roost: \(ours.errors)")
            #expect(ours.output == reference.output)
            #expect(ours.saved == reference.saved)
            return isEqual
        }
    }
}

/// One command line in one directory.
struct FlagCase: Sendable, CustomTestStringConvertible {
    enum Order: Sendable {
        case exact
        /// Docker's order is that of a hash table.
        case free
    }

    /// Names one of ``projects``.
    var project: String
    var words: String
    var order = Order.exact

    /// Why Roost's answer is another one.
    var exception: String? {
        switch words {
        case "--no-interpolate --images":
            "Profiles don't select services in a file that is shown as it is written: their images are listed too."
        case "--no-interpolate --hash web":
            "A hash is of what a container is made from, which a text with variables isn't; none of Docker's commands uses it."
        default: nil
        }
    }

    var testDescription: String { "config \(words) (\(project))" }

    struct Outcome {
        var status: Int32
        var output: [String]
        /// What `-o` wrote.
        var saved: String?
        var errors: String
    }

    func run(_ program: String, in directory: String) throws -> Outcome {
        let words = words.split(separator: " ").map(String.init)
        let result = try Command.run(
            [program, "config"] + words, in: directory,
            environment: ReferenceCompose.shell.merging(["TAG": "7", "EMPTY": ""]) { $1 })
        var lines = result.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if order == .free { lines.sort() }
        var saved: String?
        let file = directory + "/saved"
        if FileBytes.exists(file) {
            saved = try Command.run(["cat", file], in: "/", environment: ReferenceCompose.shell).output
            unlink(file)
        }
        return Outcome(status: result.status, output: lines, saved: saved, errors: result.errors)
    }
}

/// The program, where the build put it: beside the tests.
enum RoostProgram {
    static let path: String? = {
        let executable = readLink("/proc/self/exe")
        let file = FilePath.directory(of: executable) + "/roost"
        return FileBytes.exists(file) ? file : nil
    }()

    private static func readLink(_ path: String) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
            let count = buffer.baseAddress.map { readlink(path, $0, buffer.count) } ?? 0
            return String(decoding: buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }
}
