import Glibc
package import Kernel
import Synchronization

/// Descriptors that a client handed over with its request. Each is taken once; what nobody takes is closed.
package final class PassedDescriptors: Sendable {
    private let numbers: Mutex<[Int32]>

    /// Takes over open descriptors.
    package init(taking numbers: [Int32]) { self.numbers = Mutex(numbers) }

    /// One of them, by its place; `nil` if there is none, or not any more.
    package func take(_ place: Int) -> OwnedDescriptor? {
        numbers.withLock { numbers in
            guard numbers.indices.contains(place), numbers[place] >= 0 else { return nil }
            defer { numbers[place] = -1 }
            return OwnedDescriptor(taking: numbers[place])
        }
    }

    deinit {
        numbers.withLock { numbers in
            for number in numbers where number >= 0 { close(number) }
        }
    }
}
