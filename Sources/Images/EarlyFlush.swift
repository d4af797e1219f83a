import Kernel
import Synchronization

/// Lets a disk begin with large files while they are still being written, so that the wait for it at their end is
/// short: the kernel by itself would begin some seconds later.
final class EarlyFlush: Sendable {
    private struct State {
        var isRunning = false
        var unwritten: Int64 = 0
    }

    private let paths: [String]
    private let state = Mutex(State())

    /// Bytes of input between two beginnings.
    private static let interval: Int64 = 16 << 20

    init(_ paths: [String]) {
        self.paths = paths
    }

    func advance(by bytes: Int) {
        let isDue = state.withLock { state in
            state.unwritten += Int64(bytes)
            guard state.unwritten >= Self.interval, !state.isRunning else { return false }
            state.unwritten = 0
            state.isRunning = true
            return true
        }
        guard isDue else { return }
        // `try?`: whether the files get to the disk is found out at their end.
        try? OwnThread.start { [self] in
            for path in paths { try? StoreFiles.syncFile(path) }
            state.withLock { $0.isRunning = false }
        }
    }
}
