import Glibc

/// Watches files and directories for changes (`man 7 inotify`).
public struct Inotify: ~Copyable, Sendable {
    /// Readable when events are there.
    public let descriptor: OwnedDescriptor

    /// What happened, as the kernel's `IN_…` bits.
    public struct Event: Equatable, Sendable {
        public var watch: Int32
        public var mask: UInt32
        /// The name inside a watched directory; empty for the watched thing itself.
        public var name: String
    }

    public init() throws(KernelError) {
        descriptor = OwnedDescriptor(
            taking: try check("start inotify") { inotify_init1(Int32(O_CLOEXEC | O_NONBLOCK)) })
    }

    /// Takes over another descriptor of an instance: its events go to whichever reads first.
    public init(taking descriptor: consuming OwnedDescriptor) {
        self.descriptor = descriptor
    }

    /// Watches a path; the number is repeated in its events.
    public func watch(_ path: String, mask: UInt32) throws(KernelError) -> Int32 {
        try check("watch", path) { inotify_add_watch(descriptor.number, path, mask) }
    }

    /// Ends a watch; one that ended by itself (the watched thing is gone) is fine.
    public func stop(_ watch: Int32) {
        inotify_rm_watch(descriptor.number, watch)
    }

    /// The events that are there, without waiting.
    public func events() throws(KernelError) -> [Event] {
        let size = 4096
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 8)
        defer { buffer.deallocate() }
        let count: Int
        do throws(KernelError) {
            count = try descriptor.read(into: buffer)
        } catch  where error.errno == EAGAIN {
            return []
        }
        return Self.parse(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }

    private static func parse(_ bytes: UnsafeRawBufferPointer) -> [Event] {
        var events: [Event] = []
        var offset = 0
        let header = MemoryLayout<inotify_event>.size
        while offset + header <= bytes.count {
            let event = bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
            let end = offset + header + Int(event.len)
            guard end <= bytes.count else { break }
            let name = bytes[(offset + header)..<end].prefix { $0 != 0 }
            events.append(Event(watch: event.wd, mask: event.mask, name: String(decoding: name, as: UTF8.self)))
            offset = end
        }
        return events
    }
}
