import Dispatch

/// Waiting for descriptors without a thread each: libdispatch's one epoll loop stands behind all of them.
public enum Readiness {
    /// Returns when the descriptor is readable or at its end. Ends early when the task is cancelled; the caller looks
    /// at what it waited for in either case.
    ///
    /// - Parameter descriptor: must stay open until this returns.
    public static func readable(_ descriptor: Int32) async {
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        // The signal passes through a stream so that it is kept if it comes before the wait, and is sent once.
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
        let (ended, endContinuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
        source.setEventHandler { continuation.yield() }
        // The descriptor may be closed only after the source has let go of it.
        source.setCancelHandler { endContinuation.finish() }
        source.resume()
        for await _ in stream { break }
        source.cancel()
        for await _ in ended {}
    }

    private static let queue = DispatchQueue(label: "dev.roost.readiness")
}
