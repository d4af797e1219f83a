/// The shape of `docker network inspect` for a network.
public struct NetworkDocument: Encodable, Sendable {
    var Name: String
    var Id: String
    var Created: String
    var Scope = "local"
    var Driver: String
    var EnableIPv4: Bool
    var EnableIPv6: Bool
    var IPAM: AddressManagement
    var Internal: Bool
    var Attachable: Bool
    var Ingress = false
    var ConfigOnly = false
    /// By their ids; those that run.
    var Containers: [String: Endpoint]
    var Options: [String: String]
    var Labels: [String: String]

    struct AddressManagement: Encodable, Sendable {
        var Driver = "default"
        var Config: [Range]
    }

    struct Range: Encodable, Sendable {
        var Subnet: String
        var IPRange: String?
        var Gateway: String
        var AuxiliaryAddresses: [String: String]?
    }

    struct Endpoint: Encodable, Sendable {
        var Name: String
        var EndpointID: String
        var MacAddress: String
        var IPv4Address: String
        var IPv6Address: String
    }
}
