extension ComposeCase {
    /// Files that both load, with the same result. One line a topic: it is a row of the parity table.
    static let accepted = [
        topic("services", processes + environments + portsAndNames + health + dependencies),
        topic("resources", limits),
        topic("volumes", volumes),
        topic("networks", networks),
        topic("secrets and configs", files),
        topic("interpolation", interpolation),
        topic("YAML", yaml),
        topic("merge", merging),
        topic("extends", extending),
    ].flatMap { $0 }

    /// Files that both refuse.
    static let rejected = [
        topic("rejected", wrong)
    ].flatMap { $0 }
}
