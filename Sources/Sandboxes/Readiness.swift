import Dispatch

/// Waiting for descriptors without a thread each: libdispatch's one epoll loop stands behind all of them.
public enum Readiness {
    /// Returns when one of the descriptors is readable or at its end. Ends early when the task is cancelled; the caller
    /// looks at what it waited for in either case.
    ///
    /// - Parameter descriptors: must stay open until this returns.
    public static func readable(_ descriptors: Int32...) async {
        // The signal passes through a stream so that it is kept if it comes before the wait, and is sent once.
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
        let (ended, endContinuation) = AsyncStream.makeStream(of: Void.self)
        let sources = descriptors.map { descriptor in
            let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
            source.setEventHandler { continuation.yield() }
            source.setCancelHandler { endContinuation.yield() }
            source.resume()
            return source
        }
        for await _ in stream { break }
        for source in sources { source.cancel() }
        // The descriptors may be closed only after the sources have let go of them, also when this task was cancelled.
        let count = sources.count
        await Task {
            var iterator = ended.makeAsyncIterator()
            for _ in 0..<count { await iterator.next() }
        }.value
    }

    private static let queue = DispatchQueue(label: "dev.roost.readiness")
}
