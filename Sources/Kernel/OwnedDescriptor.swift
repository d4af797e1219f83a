import CLinux
import Glibc

/// A file descriptor with exactly one owner, closed when the owner ends.
public struct OwnedDescriptor: ~Copyable, Sendable {
    /// The number, for calls that borrow it.
    public let number: Int32

    /// Takes over an open descriptor.
    public init(taking number: Int32) {
        self.number = number
    }

    deinit {
        if number >= 0 { close(number) }
    }

    /// Gives the number away: from now on the caller closes it.
    public consuming func release() -> Int32 {
        let released = number
        discard self
        return released
    }
}

/// How a file is opened (`man 2 open`); close-on-exec is always added.
public struct OpenFlags: OptionSet, Sendable {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }
    public static let readOnly = OpenFlags([])
    public static let writeOnly = OpenFlags(rawValue: O_WRONLY)
    public static let readWrite = OpenFlags(rawValue: O_RDWR)
    public static let create = OpenFlags(rawValue: O_CREAT)
    public static let exclusive = OpenFlags(rawValue: O_EXCL)
    public static let truncate = OpenFlags(rawValue: O_TRUNC)
    public static let append = OpenFlags(rawValue: O_APPEND)
    public static let directory = OpenFlags(rawValue: O_DIRECTORY)
    public static let noFollow = OpenFlags(rawValue: O_NOFOLLOW)
    public static let nonBlocking = OpenFlags(rawValue: O_NONBLOCK)
    public static let noTerminal = OpenFlags(rawValue: O_NOCTTY)
    /// Only a reference to the place, neither readable nor writable (`O_PATH`).
    public static let path = OpenFlags(rawValue: 0o10000000)
}

extension OwnedDescriptor {
    /// Opens a path, relative to `directory` if given.
    public init(
        open path: String, _ flags: OpenFlags = .readOnly, mode: UInt32 = 0o600, in directory: Int32? = nil
    ) throws(KernelError) {
        number = try check("open", path) { clinux_open(directory ?? AT_FDCWD, path, flags.rawValue | O_CLOEXEC, mode) }
    }

    /// A second descriptor for the same open file, with close-on-exec, not below `least`.
    public func duplicate(least: Int32 = 3) throws(KernelError) -> OwnedDescriptor {
        OwnedDescriptor(
            taking: try check("duplicate descriptor") { clinux_fcntl(number, F_DUPFD_CLOEXEC, Int(least)) })
    }

    /// Puts a duplicate under a fixed number, with close-on-exec; what was there is closed. The caller keeps track of
    /// the number.
    public static func duplicate(_ number: Int32, to fixed: Int32) throws(KernelError) {
        try check("duplicate descriptor", "\(number)") { clinux_duplicate_to(number, fixed) }
    }

    /// A pipe, both ends close-on-exec.
    public static func pipe() throws(KernelError) -> Pipe {
        var ends: (Int32, Int32) = (-1, -1)
        try check("make a pipe") {
            withUnsafeMutableBytes(of: &ends) { clinux_pipe($0.assumingMemoryBound(to: Int32.self).baseAddress) }
        }
        return Pipe(reading: OwnedDescriptor(taking: ends.0), writing: OwnedDescriptor(taking: ends.1))
    }

    /// An event counter (`man 2 eventfd`), not blocking.
    public static func eventCounter() throws(KernelError) -> OwnedDescriptor {
        OwnedDescriptor(taking: try check("make an eventfd") { clinux_eventfd() })
    }

    /// Sets or clears `O_NONBLOCK`.
    public func setNonBlocking(_ on: Bool) throws(KernelError) {
        let flags = try check("fcntl") { clinux_fcntl(number, F_GETFL, 0) }
        let wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK
        try check("fcntl") { clinux_fcntl(number, F_SETFL, Int(wanted)) }
    }

    /// Sets or clears `O_DIRECT`: what is written goes past the page cache, from and to places that are multiples of a
    /// block. False where the file system can't do that.
    public func setDirect(_ on: Bool) throws(KernelError) -> Bool {
        // The C library shows the name under _GNU_SOURCE only.
        #if arch(arm64)
            let direct: Int32 = 0o200000
        #else
            let direct: Int32 = 0o40000
        #endif
        let flags = try check("fcntl") { clinux_fcntl(number, F_GETFL, 0) }
        let wanted = on ? flags | direct : flags & ~direct
        if clinux_fcntl(number, F_SETFL, Int(wanted)) >= 0 { return true }
        guard lastError() == EINVAL else { throw KernelError("fcntl", "descriptor", errno: lastError()) }
        return false
    }
}

/// The two ends of a pipe.
public struct Pipe: ~Copyable, Sendable {
    public var reading: OwnedDescriptor
    public var writing: OwnedDescriptor

    /// Gives both numbers away: from now on the caller closes them.
    public consuming func release() -> (reading: Int32, writing: Int32) {
        (reading.release(), writing.release())
    }

    /// The reading end; the writing end is closed.
    public consuming func intoReading() -> OwnedDescriptor { reading }
    /// The writing end; the reading end is closed.
    public consuming func intoWriting() -> OwnedDescriptor { writing }
}

extension OwnedDescriptor {
    /// Reads up to the buffer's size: the count, or 0 at the end.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(KernelError) -> Int {
        try check("read") { Glibc.read(number, buffer.baseAddress, buffer.count) }
    }

    /// Reads to the end, at most `limit` bytes (`EFBIG` beyond).
    public func readAll(limit: Int = 16 << 20) throws(KernelError) -> [UInt8] {
        var content: [UInt8] = []
        let step = 4096
        while true {
            var failure: KernelError?
            let piece = [UInt8](unsafeUninitializedCapacity: step) { buffer, count in
                do throws(KernelError) {
                    count = try read(into: UnsafeMutableRawBufferPointer(buffer))
                } catch {
                    failure = error
                    count = 0
                }
            }
            if let failure { throw failure }
            if piece.isEmpty { return content }
            content += piece
            if content.count > limit { throw KernelError("read", "more than \(limit) bytes", errno: EFBIG) }
        }
    }

    /// Writes everything.
    public func writeAll(_ bytes: [UInt8]) throws(KernelError) {
        var written = 0
        while written < bytes.count {
            written += try check("write") {
                bytes.withUnsafeBytes { Glibc.write(number, $0.baseAddress?.advanced(by: written), $0.count - written) }
            }
        }
    }

    /// Waits until the descriptor is readable, or its other end is gone; `false` after the time-out (milliseconds,
    /// negative for none).
    public func waitReadable(milliseconds: Int32) throws(KernelError) -> Bool {
        var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        return try check("poll") { poll(&entry, 1, milliseconds) } > 0
    }
}
