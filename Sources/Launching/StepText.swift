private typealias Text = ProgramText

extension OutsideStep: CustomStringConvertible {
    /// The step on one line.
    public var description: String { text }

    var text: String {
        switch self {
        case .holdPort(let transport, let address, let port, let sharers):
            "hold-port \(Text.address(address)):\(port)/\(transport.name)"
                + (sharers.isEmpty ? "" : " shared with \(sharers.map { "\($0.pid)" }.joined(separator: ","))")
        case .newNetwork: "new-network"
        case .link(let host, let bridge, let name, let mac, let mtu):
            "link \(name) mac=\(Text.hardware(mac)) mtu=\(mtu) host=\(host) bridge=\(bridge)"
        case .address(let link, let address, let length): "address \(link) \(Text.address(address))/\(length)"
        case .route(let destination, let length, let gateway):
            "route \(destination.isEmpty ? "default" : "\(Text.address(destination))/\(length)")"
                + " via \(Text.address(gateway))"
        case .nameSockets(let address, let port): "name-sockets \(Text.address(address)):\(port)"
        case .packetFilter(let name, let transaction): "packet-filter \(name) \(Text.digest(transaction))"
        case .hook(let hook): hook.text
        case .directory(let path, let mode): "directory \(Text.word(path)) mode=\(Text.octal(mode))"
        }
    }
}

extension InsideStep: CustomStringConvertible {
    /// The step on one line.
    public var description: String { text }

    var text: String {
        switch self {
        case .privatePropagation: "private-propagation"
        case .overlayRoot(let lower, let upper, let work, let target, let noDevices):
            "overlay-root \(Text.word(target)) lower=\(Text.word(lower.joined(separator: ":")))"
                + " upper=\(Text.word(upper)) work=\(Text.word(work))\(noDevices ? " nodev" : "")"
        case .bindRoot(let source, let target): "bind-root \(Text.word(source)) \(Text.word(target))"
        case .mount(let type, let source, let target, let flags, let data):
            "mount \(type) \(Text.word(source)) \(Text.word(target))\(flags.text)"
                + (data.isEmpty ? "" : " data=\(Text.word(data))")
        case .bind(let source, let within, let target, let flags, let recursive):
            "bind \(Text.word(source))\(within.isEmpty ? "" : " within \(Text.word(within))") \(Text.word(target))"
                + "\(flags.text)\(recursive ? " recursive" : "")"
        case .attributes(let target, let set, let clear, let recursive):
            "attributes \(Text.word(target))\(set.text)\(clear.isEmpty ? "" : " without\(clear.text)")"
                + (recursive ? " recursive" : "")
        case .propagation(let target, let kind, let recursive):
            "propagation \(Text.word(target)) \(kind.name)\(recursive ? " recursive" : "")"
        case .device(let path, let major, let minor, let mode, let user, let group):
            "device \(Text.word(path)) \(major):\(minor) mode=\(Text.octal(mode))"
                + (user == 0 && group == 0 ? "" : " owner=\(user):\(group)")
        case .symbolicLink(let target, let path): "symbolic-link \(Text.word(path)) -> \(Text.word(target))"
        case .file(let path, let content, let mode, let user, let group):
            "file \(Text.word(path)) mode=\(Text.octal(mode)) owner=\(user):\(group)"
                + " \(content.count) bytes \(Text.digest(content))"
        case .directory(let path, let mode, let user, let group):
            "directory \(Text.word(path)) mode=\(Text.octal(mode)) owner=\(user):\(group)"
        case .mask(let path): "mask \(Text.word(path))"
        case .readOnly(let path): "read-only \(Text.word(path))"
        case .pivotRoot: "pivot-root"
        case .readOnlyRoot: "read-only-root"
        case .sysctl(let name, let value): "sysctl \(name)=\(Text.word(value))"
        case .hostname(let name): "hostname \(Text.word(name))"
        case .domainname(let name): "domainname \(Text.word(name))"
        case .hook(let hook): hook.text
        }
    }
}

extension HookSettings {
    var text: String {
        let words = arguments.isEmpty ? "" : " " + Text.words(arguments)
        return "hook \(Text.word(path))\(words)\(timeout == 0 ? "" : " timeout=\(timeout)s")"
    }
}

extension MountFlags {
    /// As `mount -o` names them, after a space; nothing for no flags.
    var text: String {
        let names: [(MountFlags, String)] = [
            (.readOnly, "ro"), (.noSUID, "nosuid"), (.noDevices, "nodev"), (.noExecute, "noexec"),
            (.strictAccessTime, "strictatime"), (.noAccessTime, "noatime"), (.relativeAccessTime, "relatime"),
            (.noDirectoryAccessTime, "nodiratime"),
        ]
        let set = names.filter { contains($0.0) }
        let rest = set.reduce(self) { $0.subtracting($1.0) }
        let words = set.map(\.1) + (rest.isEmpty ? [] : ["0x" + String(rest.rawValue, radix: 16)])
        return words.isEmpty ? "" : " " + words.joined(separator: ",")
    }
}
