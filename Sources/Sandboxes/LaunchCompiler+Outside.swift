import Launching
import OCI

extension LaunchCompiler {
    /// Where a container finds its name service, as in Docker.
    static let nameServer: [UInt8] = [127, 0, 0, 11]

    static func outsideSteps(_ configuration: RuntimeConfiguration, _ settings: SandboxSettings) -> [OutsideStep] {
        var steps: [OutsideStep] = settings.heldPorts.map {
            .holdPort($0.protocol, address: $0.address, port: $0.port)
        }
        steps += networkSteps(settings.network)
        // runtime-spec, config.md#posix-platform-hooks: `prestart` is the old name of `createRuntime`, and comes first.
        let early = (configuration.hooks?.prestart ?? []) + (configuration.hooks?.createRuntime ?? [])
        steps += hooks(early, "creating", configuration, settings).map(OutsideStep.hook)
        return steps
    }

    private static func networkSteps(_ network: SandboxNetwork) -> [OutsideStep] {
        switch network {
        case .host, .joined:
            return []
        case .none:
            return [.newNetwork]
        case .endpoints(let endpoints):
            var steps: [OutsideStep] = [.newNetwork, .nameSockets(address: nameServer, port: 53)]
            for endpoint in endpoints {
                steps.append(
                    .link(
                        host: endpoint.hostLink, bridge: endpoint.bridge, name: endpoint.name, mac: endpoint.mac,
                        mtu: endpoint.mtu))
                steps.append(
                    .address(link: endpoint.name, address: endpoint.address, prefixLength: endpoint.prefixLength))
            }
            if let gateway = endpoints.lazy.compactMap(\.gateway).first {
                steps.append(.route(destination: [], prefixLength: 0, gateway: gateway))
            }
            return steps
        }
    }

    static func hooks(
        _ hooks: [RuntimeConfiguration.Hook]?, _ status: String, _ configuration: RuntimeConfiguration,
        _ settings: SandboxSettings
    ) -> [HookSettings] {
        (hooks ?? []).map { hook in
            HookSettings(
                path: hook.path, arguments: hook.args ?? [hook.path], environment: hook.env ?? [],
                timeout: hook.timeout ?? 0,
                state: #"{"ociVersion":"\#(configuration.ociVersion)","id":"\#(settings.id)","status":"\#(status)","#
                    + #""pid":%PID%,"bundle":"\#(settings.monitor.bundle)"}"#)
        }
    }
}
