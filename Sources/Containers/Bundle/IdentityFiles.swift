import Addressing
import ControlAPI
import Kernel
import Networks
import StackModel

/// /etc/hosts, /etc/hostname and /etc/resolv.conf of a container, generated at each start.
struct IdentityFiles {
    let locations: Locations
    let record: ContainerRecord
    let hostname: String
    /// Where the host's own files of these names are.
    var hostDirectory = "/etc"

    /// - Parameter shared: the container whose network this one uses; its files tell the truth for both.
    /// - Returns: the files on the host, by their path in the container.
    func write(
        endpoints: [IPAddress], gateway: IPAddress?, sharing shared: ContainerRecord?
    ) throws -> [String: String] {
        let owner = shared ?? record
        let directory = locations.containerRunDirectory(owner.id)
        if shared == nil {
            try Files.replace(directory + "/hostname", with: Array((hostname + "\n").utf8))
            try Files.replace(directory + "/hosts", with: Array(hosts(endpoints, gateway).utf8))
            try Files.replace(directory + "/resolv.conf", with: Array(resolvers().utf8))
        }
        return [
            "/etc/hostname": directory + "/hostname", "/etc/hosts": directory + "/hosts",
            "/etc/resolv.conf": directory + "/resolv.conf",
        ]
    }

    private func hosts(_ addresses: [IPAddress], _ gateway: IPAddress?) -> String {
        let extra = record.settings.extraHosts.map { entry($0, gateway: gateway) }
        if record.settings.networkMode == .host {
            // `try?`: a host need not have one.
            let host = (try? Files.readText(hostDirectory + "/hosts")) ?? ""
            // A last line that nobody ended would swallow the first of ours.
            let lineBreak = host.isEmpty || host.hasSuffix("\n") ? "" : "\n"
            return host + lineBreak + extra.map { "\($0.address)\t\($0.names.joined(separator: " "))\n" }.joined()
        }
        return HostsFile(
            addresses: addresses, hostname: hostname, domainname: record.settings.domainname,
            extraHosts: extra
        ).text
    }

    private func entry(_ host: ExtraHost, gateway: IPAddress?) -> HostsFile.Entry {
        switch host.address {
        case .hostGateway: HostsFile.Entry(gateway ?? .v4(.loopback), host.name)
        case .address(let address): HostsFile.Entry(address, host.name)
        }
    }

    private func resolvers() -> String {
        // `try?`: a host need not have one.
        let text = (try? Files.readText(hostDirectory + "/resolv.conf")) ?? ""
        let host = ResolvConf(parsing: text)
        let search = record.settings.dnsSearch.isEmpty ? nil : record.settings.dnsSearch
        let options = record.settings.dnsOpt.isEmpty ? nil : record.settings.dnsOpt
        let own = record.settings.dns
        switch record.settings.networkMode {
        case .networks where record.isOnNetworks:
            return ResolvConf.container(host: host, search: search, options: options).text
        case .host where own.isEmpty && search == nil && options == nil:
            return text
        default:
            return ResolvConf.isolated(host: host, dns: own, search: search, options: options).text
        }
    }
}
