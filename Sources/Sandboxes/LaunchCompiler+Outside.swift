import Launching
import OCI

extension LaunchCompiler {
    static func outsideSteps(_ configuration: RuntimeConfiguration, _ settings: SandboxSettings) -> [OutsideStep] {
        var steps: [OutsideStep] = settings.heldPorts.map {
            .holdPort($0.protocol, address: $0.address, port: $0.port, sharers: $0.sharers)
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
        case .endpoints(let endpoints, let names):
            var steps: [OutsideStep] = [
                .newNetwork, .nameSockets(address: names.address, port: names.port),
                .packetFilter(name: "names", transaction: names.redirection),
            ]
            for endpoint in endpoints {
                steps.append(
                    .link(
                        host: endpoint.hostLink, bridge: endpoint.bridge, name: endpoint.name, mac: endpoint.mac,
                        mtu: endpoint.mtu))
                steps += endpoint.addresses.map {
                    .address(link: endpoint.name, address: $0.address, prefixLength: $0.prefixLength)
                }
            }
            return steps + defaultRoutes(endpoints)
        }
    }

    /// One of each family, by the first endpoint that has a way out.
    private static func defaultRoutes(_ endpoints: [SandboxEndpoint]) -> [OutsideStep] {
        let gateways = endpoints.flatMap(\.addresses).compactMap(\.gateway)
        return [4, 16].compactMap { size in
            gateways.first { $0.count == size }.map { .route(destination: [], prefixLength: 0, gateway: $0) }
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
