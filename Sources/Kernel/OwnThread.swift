import Glibc

/// A thread for what always waits or blocks, and so has no place in the pool that serves all tasks.
public enum OwnThread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    /// Runs the body on a thread of its own, which ends with it.
    public static func start(_ body: @escaping @Sendable () -> Void) throws(KernelError) {
        let body = Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, body.toOpaque())
        guard failure == 0 else {
            body.release()
            throw KernelError("start", "a thread", errno: failure)
        }
        pthread_detach(thread)
    }
}
