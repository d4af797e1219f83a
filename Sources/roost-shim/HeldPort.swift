import Glibc
import Kernel
import Launching

/// A port of the host that is kept from others while the container lives.
enum HeldPort {
    /// Takes part in a sharer's socket or binds the port, and leaves the socket open until the shim ends.
    static func hold(
        _ transport: HeldProtocol, _ address: [UInt8], _ port: UInt16, _ sharers: [PortSharer]
    ) throws(LaunchFailure) {
        do throws(KernelError) {
            let name = BoundSocket.Name(transport, address, port)
            for sharer in sharers {
                if let shared = name.socket(of: sharer) {
                    _ = shared.release()
                    return
                }
            }
            _ = try bind(transport, address, port).release()
        } catch {
            let name = "\(text(address)):\(port)/\(transport.name)"
            switch error.errno {
            case EPROTONOSUPPORT, ESOCKTNOSUPPORT:
                throw LaunchFailure(
                    "port \(name): this host's kernel has no \(transport.name); load its module (modprobe "
                        + "\(transport.name)) or don't publish the port", errno: error.errno)
            case EADDRINUSE:
                let holder = PortHolder.find(transport, port).map { " by \($0)" } ?? ""
                // The last words are Docker's, which scripts look for.
                throw LaunchFailure(
                    "port \(name) is already in use\(holder): port is already allocated", errno: error.errno)
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
        let kind = transport == .udp ? Int32(SOCK_DGRAM.rawValue) : Int32(SOCK_STREAM.rawValue)
        let socket = OwnedDescriptor(
            taking: try check("open a socket") {
                Glibc.socket(
                    isIPv6 ? AF_INET6 : AF_INET, kind | Int32(SOCK_CLOEXEC.rawValue), Int32(transport.rawValue))
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
    fileprivate static func name(_ address: [UInt8], _ port: UInt16) throws(KernelError) -> [UInt8] {
        let family = UInt16(address.count == 16 ? AF_INET6 : AF_INET)
        let start = withUnsafeBytes(of: family) { Array($0) } + withUnsafeBytes(of: port.bigEndian) { Array($0) }
        switch address.count {
        case 4: return start + address + [UInt8](repeating: 0, count: 8)
        case 16: return start + [0, 0, 0, 0] + address + [0, 0, 0, 0]
        default: throw KernelError("use an address of \(address.count) bytes", "", errno: EINVAL)
        }
    }
}

extension BoundSocket {
    /// What a socket is bound to.
    struct Name {
        private let transport: HeldProtocol
        private let address: [UInt8]
        private let port: UInt16

        init(_ transport: HeldProtocol, _ address: [UInt8], _ port: UInt16) {
            self.transport = transport
            self.address = address
            self.port = port
        }

        /// A duplicate of the sharer's socket that is bound to this; nil if it has none, or has ended.
        func socket(of sharer: PortSharer) -> OwnedDescriptor? {
            let identity = ProcessIdentity(pid: sharer.pid, startTime: sharer.startTime)
            // A sharer that has ended shares nothing: the port is free.
            guard let process = try? ProcessDescriptor(identity), let wanted = try? BoundSocket.name(address, port),
                let names = try? Directory.names(in: "/proc/\(sharer.pid)/fd")
            else { return nil }
            for number in names.compactMap({ Int32($0) }) {
                // One that was closed in the meantime is not it.
                guard let candidate = try? process.descriptor(number) else { continue }
                if isBound(candidate.number, to: wanted) { return candidate }
            }
            return nil
        }

        private func isBound(_ socket: Int32, to wanted: [UInt8]) -> Bool {
            var kind: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            guard getsockopt(socket, SOL_SOCKET, SO_PROTOCOL, &kind, &size) == 0, kind == Int32(transport.rawValue)
            else { return false }
            var name = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let isNamed = withUnsafeMutablePointer(to: &name) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) == 0 }
            }
            guard isNamed, Int(length) <= MemoryLayout<sockaddr_storage>.size else { return false }
            return withUnsafeBytes(of: name) { Array($0.prefix(Int(length))) } == wanted
        }
    }
}
