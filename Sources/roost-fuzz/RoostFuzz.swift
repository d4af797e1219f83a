import ArgumentParser
import Fuzzing
import Glibc
import Kernel

@main
struct RoostFuzz: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roost-fuzz",
        abstract: "Gives a part of Roost inputs made from seeds, and reports crashes, hangs and the growth of memory.")

    @Option(help: "What is given the inputs: \(FuzzTarget.all.map(\.name).joined(separator: ", ")).")
    var target = "stackfile"

    @Option(help: "The directory of the seeds. Default: Tests/Corpus/TARGET.")
    var corpus: String?

    @Option(help: "Equal seeds give equal inputs.")
    var seed: UInt64 = 1

    @Option(help: "How many inputs.")
    var executions: UInt64 = 100_000

    @Option(help: "Where inputs that end badly are written.")
    var findings = ".build-fuzz"

    @Option(help: "Run this file once, in this process, instead.")
    var input: String?

    @Option(help: "Write the input of this execution to the standard output instead.")
    var show: UInt64?

    @Option(help: .hidden)
    var workerFrom: UInt64?

    func run() throws {
        guard let target = FuzzTarget.all.first(where: { $0.name == target }) else {
            throw ValidationError("there is no target \"\(target)\"")
        }
        let corpus = corpus ?? "Tests/Corpus/\(target.name)"
        if input == nil, show == nil, workerFrom == nil { return try supervise(target, corpus) }
        let scratch = "/dev/shm/roost-fuzz-\(getpid())"
        try Files.makeDirectories(scratch)
        // What stays behind stays in memory only, and the next start of the machine removes it.
        defer { try? Directory.remove(scratch) }
        let worker = Worker(target: target, corpus: try Corpus(directory: corpus), seed: seed, scratch: scratch)
        if let input {
            print(worker.run(input: try Files.read(input)) ? "accepted" : "refused")
        } else if let show {
            try OwnedDescriptor(taking: dup(STDOUT_FILENO)).writeAll(worker.input(show))
        } else if let workerFrom {
            worker.run(workerFrom..<max(workerFrom, executions), try Board(descriptor: Supervisor.boardDescriptor))
        }
    }

    private func supervise(_ target: FuzzTarget, _ corpus: String) throws {
        let campaign = Campaign(
            target: target.name, corpus: corpus, seed: seed, executions: executions, findings: findings)
        var supervisor = Supervisor(campaign)
        let result = try supervisor.run { line in
            let bytes = Array((line + "\n").utf8)
            // A line of progress that nobody can read is no reason to end.
            _ = write(STDERR_FILENO, bytes, bytes.count)
        }
        for finding in result.crashes { print("crash: \(finding.end): \(finding.file)") }
        for finding in result.hangs { print("hang: \(finding.end): \(finding.file)") }
        print("\(target.name), seed \(seed): \(result.description)")
        if !result.isClean { throw ExitCode.failure }
    }
}
