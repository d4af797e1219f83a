import Glibc
public import Kernel

/// Starts a worker, looks at it now and then, takes down the input where it ends badly, and starts the next one behind it.
public struct Supervisor {
    private let campaign: Campaign
    private var result = CampaignResult()
    private var looks = 0

    /// Processor time that one execution may take.
    private static let longest = 1.0
    private static let interval: Int32 = 200
    /// A program that ends badly all the time isn't worth more looks.
    private static let mostFindings = 50
    /// The worker's descriptor of the board.
    public static let boardDescriptor: Int32 = 3

    public init(_ campaign: Campaign) { self.campaign = campaign }

    /// Runs the whole campaign; `progress` gets a line every few seconds.
    ///
    /// - Throws: ``KernelError`` where a worker can't be started or a finding can't be written.
    public mutating func run(progress: (String) -> Void) throws(KernelError) -> CampaignResult {
        let start = Self.now()
        let file = try OwnedDescriptor.memory("roost-fuzz")
        let board = try Board(descriptor: file.number)
        var next: UInt64 = 0
        while next < campaign.executions, result.crashes.count + result.hangs.count < Self.mostFindings {
            board.isDone = false
            board.execution = next
            let end = try watch(try startWorker(from: next, file), board, start, progress)
            if let end { try record(end, board) }
            next = end == nil ? campaign.executions : board.execution + 1
            result.executions = next
        }
        result.accepted = board.accepted
        result.duration = Self.now() - start
        return result
    }

    private enum BadEnd {
        case crash(String), hang
    }

    private func startWorker(from first: UInt64, _ file: borrowing OwnedDescriptor) throws(KernelError) -> Int32 {
        var worker = Spawn(
            "/proc/self/exe",
            [
                "roost-fuzz", "--target", campaign.target, "--corpus", campaign.corpus, "--seed", "\(campaign.seed)",
                "--executions", "\(campaign.executions)", "--worker-from", "\(first)",
            ])
        worker.standardStreams.error = STDERR_FILENO
        worker.descriptors = [(file.number, Self.boardDescriptor)]
        return try worker.start()
    }

    /// Until the worker's end; `nil` if it was a good one.
    private mutating func watch(
        _ process: Int32, _ board: Board, _ start: Double, _ progress: (String) -> Void
    ) throws(KernelError) -> BadEnd? {
        let worker = try ProcessDescriptor(pid: process)
        var pace = Pace()
        while try !worker.waitForEnd(milliseconds: Self.interval) {
            measure(process)
            if pace.time(of: board.execution, at: Self.processorTime(process)) > Self.longest {
                try worker.signal(SIGKILL)
                _ = try worker.reap(blocking: true)
                return .hang
            }
            if looks % 50 == 0 {
                let (done, seconds) = (board.execution, Self.now() - start)
                progress(
                    "\(done) of \(campaign.executions) executions, \(Int(Double(done) / max(seconds, 0.001))) a second")
            }
        }
        let ending = try worker.reap(blocking: true)
        if board.isDone, ending == .exited(0) { return nil }
        return .crash(ending.map { "\($0)" } ?? "no trace")
    }

    /// How much processor time the execution under way has had.
    private struct Pace {
        private var execution: UInt64?
        private var start = 0.0

        mutating func time(of current: UInt64, at now: Double) -> Double {
            if current != execution { (execution, start) = (current, now) }
            return now - start
        }
    }

    private mutating func record(_ end: BadEnd, _ board: Board) throws(KernelError) {
        try Files.makeDirectories(campaign.findings)
        let kind = if case .hang = end { "hang" } else { "crash" }
        let file = "\(campaign.findings)/\(campaign.target)-\(campaign.seed)-\(board.execution).\(kind)"
        try Files.replace(file, with: board.input)
        switch end {
        case .hang:
            let text = "no end after \(Int(Self.longest)) s of processor time"
            result.hangs.append(.init(execution: board.execution, end: text, file: file))
        case .crash(let text): result.crashes.append(.init(execution: board.execution, end: text, file: file))
        }
    }

    private mutating func measure(_ process: Int32) {
        looks += 1
        guard let pages = Self.fields(of: "/proc/\(process)/statm").dropFirst().first.flatMap({ Int($0) }) else {
            return
        }
        let bytes = pages * Int(getpagesize())
        if looks == 10 || result.memory.warm == 0 { result.memory.warm = bytes }
        result.memory.highest = max(result.memory.highest, bytes)
        result.memory.last = bytes
    }

    /// User and system time in seconds (`man 5 proc`, the 14th and 15th field of `stat`); 0 once the process is gone.
    private static func processorTime(_ process: Int32) -> Double {
        let fields = fields(of: "/proc/\(process)/stat")
        guard fields.count > 15, let user = Double(fields[13]), let system = Double(fields[14]) else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func fields(of file: String) -> [Substring] {
        do {
            return try Files.readText(file).split(separator: " ")
        } catch {
            return []  // The process has ended since; its end is seen next.
        }
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
