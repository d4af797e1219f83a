import Glibc
import Kernel
import Launching

/// A port of the host that is kept from others while the container lives.
enum HeldPort {
    /// Binds the port and leaves the socket open until the shim ends.
    static func hold(_ transport: HeldProtocol, _ address: [UInt8], _ port: UInt16) throws(LaunchFailure) {
        do throws(KernelError) {
            _ = try bind(transport, address, port).release()
        } catch {
            let name = "\(text(address)):\(port)/\(transport == .tcp ? "tcp" : "udp")"
            switch error.errno {
            case EADDRINUSE:
                let holder = PortHolder.find(transport, port).map { " by \($0)" } ?? ""
                throw LaunchFailure("port \(name) is already in use\(holder)", errno: error.errno)
            case EADDRNOTAVAIL:
                throw LaunchFailure("port \(name): this host does not have the address", errno: error.errno)
            default:
                throw LaunchFailure("port \(name): \(error.reason)", errno: error.errno)
            }
        }
    }

    private static func bind(
        _ transport: HeldProtocol, _ address: [UInt8], _ port: UInt16
    ) throws(KernelError) -> OwnedDescriptor {
        do throws(KernelError) {
            return try BoundSocket.open(transport, address, port, reuse: false)
        } catch  where error.errno == EADDRINUSE && transport == .tcp {
            // Connections that have ended keep a port for a minute; that is nobody's use of it.
            let socket = try BoundSocket.open(transport, address, port, reuse: true)
            try BoundSocket.setOption(socket.number, SOL_SOCKET, SO_REUSEADDR, 0)
            return socket
        }
    }

    /// The address as it is written, an IPv6 one in brackets.
    static func text(_ address: [UInt8]) -> String {
        var text = [CChar](repeating: 0, count: 64)
        let family = address.count == 16 ? AF_INET6 : AF_INET
        guard inet_ntop(family, address, &text, socklen_t(text.count)) != nil else { return "?" }
        let bytes = text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
        let words = String(decoding: bytes, as: UTF8.self)
        return address.count == 16 ? "[\(words)]" : words
    }
}

/// Sockets bound to an address of 4 or 16 bytes in network order.
enum BoundSocket {
    static func open(
        _ transport: HeldProtocol, _ address: [UInt8], _ port: UInt16, reuse: Bool
    ) throws(KernelError) -> OwnedDescriptor {
        let isIPv6 = address.count == 16
        let kind = transport == .tcp ? Int32(SOCK_STREAM.rawValue) : Int32(SOCK_DGRAM.rawValue)
        let socket = OwnedDescriptor(
            taking: try check("open a socket") {
                Glibc.socket(isIPv6 ? AF_INET6 : AF_INET, kind | Int32(SOCK_CLOEXEC.rawValue), 0)
            })
        if reuse { try setOption(socket.number, SOL_SOCKET, SO_REUSEADDR, 1) }
        if isIPv6 { try setOption(socket.number, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
        let name = try self.name(address, port)
        let number = socket.number
        try check("bind port", "\(port)") {
            name.withUnsafeBytes { bytes in
                bytes.withMemoryRebound(to: sockaddr.self) {
                    Glibc.bind(number, $0.baseAddress, socklen_t(bytes.count))
                }
            }
        }
        return socket
    }

    static func setOption(_ socket: Int32, _ level: Int32, _ option: Int32, _ value: Int32) throws(KernelError) {
        var value = value
        try check("set a socket's option") {
            setsockopt(socket, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    /// `struct sockaddr_in` or `sockaddr_in6` (`man 7 ip`, `man 7 ipv6`).
    private static func name(_ address: [UInt8], _ port: UInt16) throws(KernelError) -> [UInt8] {
        let family = UInt16(address.count == 16 ? AF_INET6 : AF_INET)
        let start = withUnsafeBytes(of: family) { Array($0) } + withUnsafeBytes(of: port.bigEndian) { Array($0) }
        switch address.count {
        case 4: return start + address + [UInt8](repeating: 0, count: 8)
        case 16: return start + [0, 0, 0, 0] + address + [0, 0, 0, 0]
        default: throw KernelError("use an address of \(address.count) bytes", "", errno: EINVAL)
        }
    }
}
