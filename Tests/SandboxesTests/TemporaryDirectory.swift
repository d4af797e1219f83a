import FoundationEssentials
import Glibc
import Kernel

/// A directory that ends with the value.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        path = "/tmp/roost-sandboxes-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        try Files.makeDirectories(path)
    }

    deinit {
        // A test's directory that stays behind in /tmp is no failure of what is tested.
        try? FileManager.default.removeItem(atPath: path)
    }
}
