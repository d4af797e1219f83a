import Fuzzing
import Glibc
import Kernel
import Testing

/// A short run of every target with the seeds of the repository; `make fuzz` makes long ones.
struct FuzzingTests {
    static let program: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let path = String(decoding: buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        return path.split(separator: "/").dropLast().reduce(into: "") { $0 += "/\($1)" } + "/roost-fuzz"
    }()

    static let root: String = #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/\($1)" }

    @Test(
        .enabled(if: Files.exists(program), "needs roost-fuzz beside the tests"), arguments: FuzzTarget.all.map(\.name))
    func noCrashesAndNoHangs(target: String) throws {
        var run = Spawn(
            Self.program,
            [
                "roost-fuzz", "--target", target, "--corpus", "\(Self.root)/Tests/Corpus/\(target)", "--executions",
                "3000",
                "--findings", "\(Self.root)/.build-fuzz",
            ])
        let output = try OwnedDescriptor.memory("output")
        run.standardStreams = (nil, output.number, output.number)
        let process = try ProcessDescriptor(pid: try run.start())
        #expect(try process.reap(blocking: true) == .exited(0))
        lseek(output.number, 0, SEEK_SET)
        let text = String(decoding: try output.readAll(limit: 1 << 20), as: UTF8.self)
        #expect(text.contains("3000 executions") && text.contains("0 crashes, 0 hangs"), "\(text)")
    }

    @Test(arguments: FuzzTarget.all.map(\.name)) func equalSeedsGiveEqualInputs(target: String) throws {
        let corpus = try Corpus(directory: "\(Self.root)/Tests/Corpus/\(target)")
        #expect(corpus.seeds.count > 1 && corpus.words.count > 1)
        func inputs(_ seed: UInt64) -> [[UInt8]] {
            let worker = Worker(target: FuzzTarget.all[0], corpus: corpus, seed: seed, scratch: "/")
            return (0..<100).map(worker.input)
        }
        #expect(inputs(1) == inputs(1))
        #expect(inputs(1) != inputs(2))
    }
}
