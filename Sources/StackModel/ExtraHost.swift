public import Addressing

/// One entry of `extra_hosts`, a further line of /etc/hosts, written `HOST=ADDRESS`.
public struct ExtraHost: Hashable, Sendable {
    public enum Address: Hashable, Sendable {
        case address(IPAddress)
        /// `host-gateway`: the host, as the container reaches it.
        case hostGateway
    }

    public var name: String
    public var address: Address

    public init(name: String, address: Address) {
        self.name = name
        self.address = address
    }
}

extension ExtraHost.Address: LosslessStringConvertible {
    public init?(_ description: String) {
        if description == "host-gateway" {
            self = .hostGateway
        } else if let address = IPAddress(description) {
            self = .address(address)
        } else {
            return nil
        }
    }

    public var description: String {
        switch self {
        case .address(let address): address.description
        case .hostGateway: "host-gateway"
        }
    }
}

extension ExtraHost: TextCodable {
    public init?(_ description: String) {
        guard let cut = description.firstIndex(of: "="),
            let address = Address(String(description[description.index(after: cut)...]))
        else { return nil }
        self.init(name: String(description[..<cut]), address: address)
    }

    public var description: String { "\(name)=\(address)" }
}
