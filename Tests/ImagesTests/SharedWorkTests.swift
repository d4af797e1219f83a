import Testing

@testable import Images

@Suite struct SharedWorkTests {
    /// A door that opens once.
    private final class Gate: Sendable {
        private let stream: AsyncStream<Void>
        private let continuation: AsyncStream<Void>.Continuation

        init() {
            (stream, continuation) = AsyncStream.makeStream()
        }

        func open() { continuation.finish() }
        func wait() async { for await _ in stream {} }
    }

    @Test func doesTheWorkOnceForAll() async throws {
        let work = SharedWork<Int>()
        let runs = Counter()
        let gate = Gate()
        let results = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    try await work.run("key", progress: { if $0 == .resolving { gate.open() } }) { progress in
                        progress(.resolving)
                        await gate.wait()
                        return runs.add()
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        // Those who came while it went on share its result; later ones may have started anew.
        #expect(results.count == 10 && results.contains(1))
    }

    @Test func oneWhoLeavesDoesNotEndTheOthersWork() async throws {
        let work = SharedWork<Int>()
        let started = Gate()
        let gate = Gate()
        let body: @Sendable (@escaping ImageProgressHandler) async throws -> Int = { _ in
            started.open()
            await gate.wait()
            try Task.checkCancellation()
            return 7
        }
        let first = Task { try await work.run("key", progress: { _ in }, body) }
        await started.wait()
        let second = Task { try await work.run("key", progress: { _ in }, body) }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        gate.open()
        #expect(try await first.value == 7)
    }

    @Test func theLastWhoLeavesEndsTheWork() async throws {
        let work = SharedWork<Int>()
        let started = Gate()
        let ended = Gate()
        let task = Task {
            try await work.run("key", progress: { _ in }) { _ in
                started.open()
                defer { ended.open() }
                try await Task.sleep(for: .seconds(3600))
                return 1
            }
        }
        await started.wait()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        await ended.wait()
    }
}
