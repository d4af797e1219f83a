import CLinux
import Glibc

/// One place to wait for many descriptors (`man 7 epoll`). Each is told once and has to be added again.
public struct Epoll: ~Copyable, Sendable {
    private let descriptor: OwnedDescriptor

    public init() throws(KernelError) {
        descriptor = OwnedDescriptor(
            taking: try check("start epoll") { epoll_create1(Int32(EPOLL_CLOEXEC)) })
    }

    /// Tells the ticket when the descriptor, which must stay open until it is removed, is readable or at its end.
    public func add(_ watched: Int32, ticket: UInt64) throws(KernelError) {
        var event = epoll_event()
        event.events = EPOLLIN.rawValue | EPOLLONESHOT.rawValue
        event.data.u64 = ticket
        try check("wait for descriptor", "\(watched)") {
            epoll_ctl(descriptor.number, EPOLL_CTL_ADD, watched, &event)
        }
    }

    /// Forgets a descriptor; one that isn't watched is no error.
    public func remove(_ watched: Int32) {
        var event = epoll_event()
        epoll_ctl(descriptor.number, EPOLL_CTL_DEL, watched, &event)
    }

    /// Waits for at least one descriptor; the tickets of those that are readable.
    public func wait() throws(KernelError) -> [UInt64] {
        try withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 64) { events throws(KernelError) in
            let count = try check("wait for descriptors") {
                epoll_wait(descriptor.number, events.baseAddress, Int32(events.count), -1)
            }
            return events.prefix(Int(count)).map(\.data.u64)
        }
    }
}
