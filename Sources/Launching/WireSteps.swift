extension MountFlags: WireValue {
    func encode(to writer: inout WireWriter) { rawValue.encode(to: &writer) }
    init(from reader: inout WireReader) throws(WireError) { self.init(rawValue: try reader.value()) }
}

/// An enumeration of plain cases travels as its raw value.
extension WireValue where Self: RawRepresentable, RawValue == UInt8 {
    func encode(to writer: inout WireWriter) { writer.byte(rawValue) }

    init(from reader: inout WireReader) throws(WireError) {
        let number = try reader.byte()
        guard let value = Self(rawValue: number) else { throw reader.failure("\(number) is not a \(Self.self)") }
        self = value
    }
}

extension CgroupVersion: WireValue {}
extension MountPropagation: WireValue {}
extension HeldProtocol: WireValue {}
extension NamespaceKind: WireValue {}

extension OutsideStep: WireValue {
    func encode(to writer: inout WireWriter) {
        switch self {
        case .holdPort(let transport, let address, let port, let sharers):
            writer.tagged(0, transport, address, port, sharers)
        case .newNetwork: writer.tagged(1)
        case .link(let host, let bridge, let name, let mac, let mtu): writer.tagged(2, host, bridge, name, mac, mtu)
        case .address(let link, let address, let length): writer.tagged(3, link, address, length)
        case .route(let destination, let length, let gateway): writer.tagged(4, destination, length, gateway)
        case .nameSockets(let address, let port): writer.tagged(5, address, port)
        case .hook(let hook): writer.tagged(6, hook)
        case .directory(let path, let mode): writer.tagged(7, path, mode)
        case .packetFilter(let name, let transaction): writer.tagged(8, name, transaction)
        }
    }

    init(from reader: inout WireReader) throws(WireError) {
        switch try reader.byte() {
        case 0:
            self = .holdPort(
                try reader.value(), address: try reader.value(), port: try reader.value(), sharers: try reader.value())
        case 1: self = .newNetwork
        case 2:
            self = .link(
                host: try reader.value(), bridge: try reader.value(), name: try reader.value(),
                mac: try reader.value(), mtu: try reader.value())
        case 3:
            self = .address(link: try reader.value(), address: try reader.value(), prefixLength: try reader.value())
        case 4:
            self = .route(
                destination: try reader.value(), prefixLength: try reader.value(), gateway: try reader.value())
        case 5: self = .nameSockets(address: try reader.value(), port: try reader.value())
        case 6: self = .hook(try reader.value())
        case 7: self = .directory(path: try reader.value(), mode: try reader.value())
        case 8: self = .packetFilter(name: try reader.value(), transaction: try reader.value())
        case let other: throw reader.failure("\(other) is not a step outside")
        }
    }
}

extension InsideStep: WireValue {
    func encode(to writer: inout WireWriter) {
        switch self {
        case .privatePropagation: writer.tagged(0)
        case .overlayRoot(let lower, let upper, let work, let target, let noDevices):
            writer.tagged(1, lower, upper, work, target, noDevices)
        case .bindRoot(let source, let target): writer.tagged(2, source, target)
        case .mount(let type, let source, let target, let flags, let data):
            writer.tagged(3, type, source, target, flags, data)
        case .bind(let source, let within, let target, let flags, let recursive):
            writer.tagged(4, source, within, target, flags, recursive)
        case .device(let path, let major, let minor, let mode, let user, let group):
            writer.tagged(5, path, major, minor, mode, user, group)
        case .symbolicLink(let target, let path): writer.tagged(6, target, path)
        case .file(let path, let content, let mode, let user, let group):
            writer.tagged(7, path, content, mode, user, group)
        case .directory(let path, let mode, let user, let group): writer.tagged(8, path, mode, user, group)
        case .mask(let path): writer.tagged(9, path)
        case .readOnly(let path): writer.tagged(10, path)
        case .pivotRoot: writer.tagged(11)
        case .readOnlyRoot: writer.tagged(12)
        case .sysctl(let name, let value): writer.tagged(13, name, value)
        case .hostname(let name): writer.tagged(14, name)
        case .domainname(let name): writer.tagged(15, name)
        case .hook(let hook): writer.tagged(16, hook)
        case .attributes(let target, let set, let clear, let recursive):
            writer.tagged(17, target, set, clear, recursive)
        case .propagation(let target, let kind, let recursive): writer.tagged(18, target, kind, recursive)
        }
    }

    init(from reader: inout WireReader) throws(WireError) {
        switch try reader.byte() {
        case 0: self = .privatePropagation
        case 11: self = .pivotRoot
        case 12: self = .readOnlyRoot
        case let tag where tag < 6: self = try Self.mountStep(tag, &reader)
        case let tag: self = try Self.otherStep(tag, &reader)
        }
    }

    private static func mountStep(_ tag: UInt8, _ reader: inout WireReader) throws(WireError) -> InsideStep {
        switch tag {
        case 1:
            .overlayRoot(
                lower: try reader.value(), upper: try reader.value(), work: try reader.value(),
                target: try reader.value(), noDevices: try reader.value())
        case 2: .bindRoot(source: try reader.value(), target: try reader.value())
        case 3:
            .mount(
                type: try reader.value(), source: try reader.value(), target: try reader.value(),
                flags: try reader.value(), data: try reader.value())
        case 4:
            .bind(
                source: try reader.value(), within: try reader.value(), target: try reader.value(),
                flags: try reader.value(), recursive: try reader.value())
        default:
            .device(
                path: try reader.value(), major: try reader.value(), minor: try reader.value(),
                mode: try reader.value(), user: try reader.value(), group: try reader.value())
        }
    }

    private static func otherStep(_ tag: UInt8, _ reader: inout WireReader) throws(WireError) -> InsideStep {
        switch tag {
        case 6: .symbolicLink(target: try reader.value(), path: try reader.value())
        case 7:
            .file(
                path: try reader.value(), content: try reader.value(), mode: try reader.value(),
                user: try reader.value(), group: try reader.value())
        case 8:
            .directory(
                path: try reader.value(), mode: try reader.value(), user: try reader.value(),
                group: try reader.value())
        case 9: .mask(try reader.value())
        case 10: .readOnly(try reader.value())
        case 13: .sysctl(name: try reader.value(), value: try reader.value())
        case 14: .hostname(try reader.value())
        case 15: .domainname(try reader.value())
        case 16: .hook(try reader.value())
        case 17:
            .attributes(
                target: try reader.value(), set: try reader.value(), clear: try reader.value(),
                recursive: try reader.value())
        case 18:
            .propagation(target: try reader.value(), try reader.value(), recursive: try reader.value())
        default: throw reader.failure("\(tag) is not a step inside")
        }
    }
}
