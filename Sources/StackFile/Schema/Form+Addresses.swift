import Addressing
import StackModel

extension Form where Value == IPAddress {
    static var address: Form { address(.text) }

    static func address(_ shape: Shape) -> Form { .written("is not an IP address", as: shape) }
}

extension Form where Value == MACAddress {
    static var macAddress: Form { .written("is not a MAC address like 02:42:ac:11:00:02") }
}

extension Form where Value == [Port] {
    /// A port or a range of them.
    static func ports(_ shape: Shape) -> Form {
        Form(shape, { Port.all(in: $0) }, else: { _ in "is not a port or a range of ports" })
    }
}

extension Form where Value == Prefix {
    static var subnet: Form { .written("is not a subnet like 10.0.0.0/24") }
}
