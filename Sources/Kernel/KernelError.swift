public import Glibc

/// A system call that failed: what was attempted, on what, and the kernel's reason.
public struct KernelError: Error, Equatable, Sendable {
    /// What was attempted, as the user would say it: `mount`, `open`, `set the hostname`.
    public var operation: String
    /// What it was attempted on: a path, a pid, a name. May be empty.
    public var subject: String
    /// The kernel's number (`man 3 errno`).
    public var errno: Int32

    public init(_ operation: String, _ subject: String, errno: Int32) {
        self.operation = operation
        self.subject = subject
        self.errno = errno
    }
}

extension KernelError: CustomStringConvertible {
    public var description: String {
        "\(operation)\(subject.isEmpty ? "" : " \(subject)"): \(reason)"
    }

    /// The kernel's reason in words, starting with a small letter.
    public var reason: String { Self.reason(of: errno) }

    /// An errno in words (`man 3 strerror`), starting with a small letter.
    public static func reason(of errno: Int32) -> String {
        guard let text = strerror(errno) else { return "error \(errno)" }
        let words = String(cString: text)
        return words.prefix(1).lowercased() + words.dropFirst()
    }
}

/// The one way from a system call's result to a typed error: a negative result throws `errno` with what was attempted.
@inlinable @discardableResult
public func check<Value: SignedInteger>(
    _ operation: @autoclosure () -> String, _ subject: @autoclosure () -> String = "", retryOnInterrupt: Bool = true,
    _ call: () -> Value
) throws(KernelError) -> Value {
    while true {
        let result = call()
        if result >= 0 { return result }
        let number = lastError()
        if number == EINTR && retryOnInterrupt { continue }
        throw KernelError(operation(), subject(), errno: number)
    }
}

/// The calling thread's `errno`.
@inlinable public func lastError() -> Int32 { errno }
