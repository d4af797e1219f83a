import Synchronization
import Testing

@testable import Orchestration

@Suite(.timeLimit(.minutes(5))) struct AttentionTests {
    /// Hands stacks over until so many were looked at.
    private static func looked(_ attention: Attention, _ count: Int) async -> [String] {
        let (stacks, continuation) = AsyncStream.makeStream(of: String.self)
        let task = Task { await attention.each { continuation.yield($0) } }
        defer { task.cancel() }
        var result: [String] = []
        for await stack in stacks {
            result.append(stack)
            if result.count == count { break }
        }
        return result
    }

    @Test func eachIsLookedAtOnceHoweverOftenItWasCalled() async {
        let attention = Attention()
        for stack in ["shop", "blog", "shop", "", "shop"] { attention.call(stack) }
        #expect(await Self.looked(attention, 2) == ["blog", "shop"])
    }

    /// What calls while somebody looks isn't lost: he may have looked too early.
    @Test func aCallDuringALookIsAnsweredByAnother() async {
        let attention = Attention()
        let looks = Mutex<[String]>([])
        attention.call("shop")
        let task = Task {
            await attention.each { stack in
                let count = looks.withLock { looks in
                    looks.append(stack)
                    return looks.count
                }
                if count < 3 { attention.call("shop") } else { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }
        await task.value
        #expect(looks.withLock { $0 } == ["shop", "shop", "shop"])
    }

    @Test func cancellationEndsTheWait() async {
        let attention = Attention()
        let task = Task { await attention.each { _ in } }
        task.cancel()
        await task.value
    }
}
