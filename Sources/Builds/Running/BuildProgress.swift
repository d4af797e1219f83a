import Kernel
import Synchronization

/// Tells of a build line by line, in the form of BuildKit's `--progress plain`.
final class BuildProgress: Sendable {
    private let last = Mutex(0)
    private let say: @Sendable (String) -> Void

    init(_ say: @escaping @Sendable (String) -> Void) { self.say = say }

    /// One thing that is going on.
    struct Vertex: Sendable {
        let number: Int
        let start: ContinuousClock.Instant
        fileprivate let say: @Sendable (String) -> Void

        /// A line that a process wrote.
        func output(_ text: String) { say("#\(number) \(seconds(3)) \(text)") }
        func note(_ text: String) { say("#\(number) \(text)") }
        func cached() { say("#\(number) CACHED\n") }
        func done() { say("#\(number) DONE \(seconds(1))s\n") }
        func failed(_ text: String) { say("#\(number) ERROR: \(text)\n") }

        private func seconds(_ digits: Int) -> String {
            let elapsed = ContinuousClock.now - start
            let scale: Int64 = digits == 3 ? 1_000 : 10
            let (whole, atto) = elapsed.components
            let part = whole * scale + atto / (1_000_000_000_000_000_000 / scale)
            let fraction = String(part % scale)
            return "\(part / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
        }
    }

    func begin(_ title: String) -> Vertex {
        let number = last.withLock { last in
            last += 1
            return last
        }
        say("#\(number) \(title)")
        return Vertex(number: number, start: .now, say: say)
    }
}
