import Glibc

/// IP addresses as text, by the C library's own rules.
enum IPText {
    static func isIPv4(_ text: String) -> Bool {
        var address = in_addr()
        return inet_pton(AF_INET, text, &address) == 1
    }

    static func isAddress(_ text: String) -> Bool {
        var address = in6_addr()
        return isIPv4(text) || inet_pton(AF_INET6, text, &address) == 1
    }

    /// `10.0.0.0/24`.
    static func isPrefix(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let length = Int(parts[1]), length >= 0 else { return false }
        let address = String(parts[0])
        return isIPv4(address) ? length <= 32 : isAddress(address) && length <= 128
    }
}
