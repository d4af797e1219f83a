import Dockerfiles
import OCI

/// The key of a step: a digest over a text that says everything its result depends on.
struct StepKey {
    /// For people: `roost build --explain`.
    let text: String
    var digest: Digest { .sha256(of: Array(text.utf8)) }

    /// - Parameters:
    ///   - below: the digests of the layers that the step works on.
    ///   - inputs: of each source what it has, in the step's order.
    init(_ step: BuildStep, below: [Digest], inputs: [String], platform: Platform) {
        var lines = ["roost step 1", "platform \(platform)"]
        // A linked layer is the same on whatever it lies.
        let isLinked = if case .copy(let copy) = step.action { copy.isLinked && copy.owner == nil } else { false }
        if !isLinked { lines += below.map { "below \($0)" } }
        lines += step.definition { _ in "input" }
        lines += inputs.map { "input \($0)" }
        text = lines.joined(separator: "\n")
    }
}
