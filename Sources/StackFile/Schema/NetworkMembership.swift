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
}
