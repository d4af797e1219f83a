import Addressing
import StackModel

extension Form where Value == String {
    static var networkMode: Form { text(unless: Names.networkModeProblem) }
}

extension ContainerSettings {
    /// Carries out what `network_mode` says. Docker's own bridge is a network of the stack.
    mutating func join(_ mode: String) {
        switch mode {
        case "bridge": networks["default"] = NetworkAttachment()
        case "host": networkMode = .host
        case "none": networkMode = .none
        case _ where mode.hasPrefix("service:"): networkMode = .service(String(mode.dropFirst(8)))
        case _ where mode.hasPrefix("container:"): networkMode = .container(String(mode.dropFirst(10)))
        default: break
        }
    }

    /// Gives the address that the service itself names to its link to the main network, as Compose does: the one of the
    /// highest priority, the first by name among several.
    static func setMACAddress(
        _ settings: inout ContainerSettings, _ address: MACAddress, _ place: Place, _ resolution: inout Resolution
    ) {
        guard settings.networkMode == .networks else {
            resolution.warning("has no effect: the container has no link of its own", at: place.keyMark, place)
            return
        }
        let main = settings.networks.min { ($1.value.priority, $0.key) < ($0.value.priority, $1.key) }
        guard let (name, attachment) = main else { return }
        if let own = attachment.macAddress, own != address {
            resolution.fault("must be the one of network \"\(name)\", \(own)", at: place.keyMark, place)
        }
        settings.networks[name]?.macAddress = address
    }
}
