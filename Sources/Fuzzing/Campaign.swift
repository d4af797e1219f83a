/// What a run is to do.
public struct Campaign: Sendable {
    public var target: String
    /// Where the seeds are.
    public var corpus: String
    public var seed: UInt64
    public var executions: UInt64
    /// Where inputs that end badly are written.
    public var findings: String

    public init(target: String, corpus: String, seed: UInt64, executions: UInt64, findings: String) {
        self.target = target
        self.corpus = corpus
        self.seed = seed
        self.executions = executions
        self.findings = findings
    }
}

/// What a run found.
public struct CampaignResult: Sendable {
    /// An input that ended its worker, or on which it stood still.
    public struct Finding: Sendable {
        public var execution: UInt64
        /// `killed by signal 4`, `no end after 1 s of processor time`.
        public var end: String
        /// Where the input was written.
        public var file: String
    }

    public var executions: UInt64 = 0
    public var accepted: UInt64 = 0
    public var crashes: [Finding] = []
    public var hangs: [Finding] = []
    /// In seconds.
    public var duration = 0.0
    /// The worker's resident memory in bytes, once it is warm, at its highest, and at the last look.
    public var memory: (warm: Int, highest: Int, last: Int) = (0, 0, 0)

    public var isClean: Bool { crashes.isEmpty && hangs.isEmpty }

    /// Two or three lines.
    public var description: String {
        let rate = duration > 0 ? Int(Double(executions) / duration) : 0
        func megabytes(_ bytes: Int) -> String { "\(bytes >> 20) MB" }
        return """
            \(executions) executions in \(Int(duration.rounded())) s (\(rate) a second), \
            \(accepted) accepted, \
            \(crashes.count) crashes, \(hangs.count) hangs
            resident memory: \(megabytes(memory.warm)) once warm, \(megabytes(memory.highest)) at most, \
            \(megabytes(memory.last)) at the end
            """
    }
}
