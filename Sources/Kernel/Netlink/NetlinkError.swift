import Glibc

/// A request that the kernel refused, or a conversation with it that broke down.
public struct NetlinkError: Error, Equatable, Sendable {
    /// What was attempted on what, as a phrase: "create the bridge rst0123".
    public let operation: String
    /// The kernel's error number (`man 3 errno`).
    public let errno: Int32
    /// The kernel's own words about the refusal, when it had any (NLMSGERR_ATTR_MSG).
    public let message: String?

    /// An error with its number and, when there are any, the kernel's words.
    public init(operation: String, errno: Int32, message: String? = nil) {
        self.operation = operation
        self.errno = errno
        self.message = message
    }

    /// The thing was there already (EEXIST).
    public var alreadyExists: Bool { errno == EEXIST }

    /// The thing was not there: no such link (ENODEV), object (ENOENT), route (ESRCH) or address (EADDRNOTAVAIL).
    public var isMissing: Bool {
        [ENODEV, ENOENT, ESRCH, EADDRNOTAVAIL].contains(errno)
    }
}

extension NetlinkError: CustomStringConvertible {
    public var description: String {
        let reason = strerror(errno).map { String(cString: $0) } ?? "error \(errno)"
        let words = message.map { "\(reason) (\($0))" } ?? reason
        return "can't \(operation): \(words)\(advice)"
    }

    private var advice: String {
        switch errno {
        case EPERM, EACCES: "; this needs CAP_NET_ADMIN: run as root"
        case EOPNOTSUPP, EPROTONOSUPPORT, EAFNOSUPPORT: "; the kernel lacks this feature or its module is not loaded"
        case ETIMEDOUT: "; the kernel did not answer in time: try again"
        default: ""
        }
    }
}
