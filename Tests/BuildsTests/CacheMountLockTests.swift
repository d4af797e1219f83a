import Testing

@testable import Builds

@Suite("Locks of cache mounts")
struct CacheMountLockTests {
    @Test("One has a directory at a time, and whoever is cancelled leaves the queue")
    func turns() async throws {
        let locks = CacheMountLocks()
        let counter = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    try await locks.whileHolding(["a", "b"]) {
                        #expect(await counter.enter() == 1)
                        await Task.yield()
                        await counter.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        try await locks.whileHolding(["a"]) {
            let waiting = Task { try await locks.whileHolding(["a"]) {} }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
        }
        try await locks.whileHolding(["a"]) {}
    }

    private actor Counter {
        private var inside = 0
        func enter() -> Int {
            inside += 1
            return inside
        }
        func leave() { inside -= 1 }
    }
}
