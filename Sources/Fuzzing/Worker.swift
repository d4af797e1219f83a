import Glibc
import Kernel

/// Runs a target on one input after the other, in a process of its own.
public struct Worker {
    private let target: FuzzTarget
    private let mutator: Mutator
    private let scratch: String

    /// More than any input may need. Allocation fails beyond it, which ends the process: a crash like any other.
    private static let memoryBound: UInt64 = 2 << 30

    public init(target: FuzzTarget, corpus: Corpus, seed: UInt64, scratch: String) {
        self.target = target
        mutator = Mutator(corpus: corpus, seed: seed)
        self.scratch = scratch
    }

    /// The executions of these numbers; what is under way is on the board.
    public func run(_ executions: Range<UInt64>, _ board: Board) {
        Self.limitMemory()
        let execute = target.prepare(scratch)
        for execution in executions {
            let input = mutator.input(execution)
            board.input = input
            board.execution = execution
            if execute(input) { board.accepted += 1 }
        }
        board.isDone = true
    }

    /// One input, to look at a finding; whether it was accepted.
    public func run(input: [UInt8]) -> Bool { target.prepare(scratch)(input) }

    /// The input of one execution, to look at it.
    public func input(_ execution: UInt64) -> [UInt8] { mutator.input(execution) }

    private static func limitMemory() {
        for (kind, bound) in [(RLIMIT_AS, memoryBound), (RLIMIT_CORE, 0)] {
            do {
                try Credentials.setLimit(kind: UInt32(kind.rawValue), soft: bound, hard: bound)
            } catch {
                // A run without the limit is as good, only less strict.
                continue
            }
        }
    }
}
