import Launching
import OCI
import Testing

@testable import Sandboxes

/// Single rules of the way from a bundle to a program.
@Suite struct LaunchCompilerTests {
    private typealias Samples = LaunchSamples

    @Test func firstGatewayIsTheDefaultRoute() throws {
        let program = try LaunchCompiler.program(
            for: Samples.configuration(),
            settings: Samples.settings {
                $0.network = .endpoints([Samples.endpoint(0), Samples.endpoint(1)], Samples.names)
            })
        let routes = program.outside.filter { if case .route = $0 { true } else { false } }
        #expect(routes == [.route(destination: [], prefixLength: 0, gateway: [10, 0, 0, 1])])
    }

    @Test func partOfASharedDirectoryIsResolvedWithinIt() throws {
        let program = try LaunchCompiler.program(
            for: Samples.configuration {
                $0.mounts = [
                    .init(destination: "/p", type: "bind", source: "/v/data/../a", options: ["rbind", "nodev"]),
                    .init(destination: "/w", type: "bind", source: "/v/data", options: ["rbind", "nodev"]),
                ]
            }, settings: Samples.settings { $0.sharedSources = ["/v/data"] })
        #expect(
            program.inside.filter { if case .bind = $0 { true } else { false } } == [
                .bind(source: "../a", within: "/v/data", target: "/p", flags: .noDevices, recursive: true),
                .bind(source: "/v/data", target: "/w", flags: .noDevices, recursive: true),
            ])
    }

    @Test func internalNetworkHasNoRoute() throws {
        let program = try LaunchCompiler.program(
            for: Samples.configuration(),
            settings: Samples.settings { $0.network = .endpoints([Samples.endpoint(0, gateway: false)], Samples.names) }
        )
        #expect(!program.outside.contains { if case .route = $0 { true } else { false } })
    }

    @Test func hooksAreToldTheState() throws {
        let program = try LaunchCompiler.program(
            for: Samples.configuration {
                $0.hooks = .init()
                $0.hooks?.createRuntime = [.init(path: "/h", args: ["h", "x"], env: ["A=1"], timeout: 5)]
                $0.hooks?.startContainer = [.init(path: "/h")]
                $0.hooks?.poststop = [.init(path: "/h")]
            }, settings: Samples.settings())
        func state(_ status: String) -> String {
            #"{"ociVersion":"1.2.0","id":"c1","status":"\#(status)","pid":%PID%,"bundle":"/c1"}"#
        }
        let early = HookSettings(
            path: "/h", arguments: ["h", "x"], environment: ["A=1"], timeout: 5, state: state("creating"))
        let late = HookSettings(
            path: "/h", arguments: ["/h"], environment: [], timeout: 0, state: state("created"))
        #expect(program.outside.last == .hook(early))
        #expect(program.process.startHooks == [late])
        #expect(program.monitor.poststopHooks.map(\.state) == [state("stopped")])
    }

    @Test func monitorLeavesTheLinksToTheKernel() throws {
        let monitor = try LaunchCompiler.program(
            for: Samples.configuration(),
            settings: Samples.settings {
                $0.network = .endpoints([Samples.endpoint(0), Samples.endpoint(1)], Samples.names)
            }
        ).monitor
        #expect(monitor.links.isEmpty)
        #expect(monitor == Samples.settings().monitor)
    }

    @Test func impossibleConfigurationsAreRefused() throws {
        let bind = #expect(throws: LaunchCompilerError.self) {
            try Samples.text({ $0.mounts = [.init(destination: "/data", type: "bind")] })
        }
        #expect(bind?.description == "/data: a bind mount needs a source")
        let limit = #expect(throws: LaunchCompilerError.self) {
            try Samples.text({ $0.process.rlimits = [.init(type: "RLIMIT_FUN", hard: 1, soft: 1)] })
        }
        #expect(limit?.description == "RLIMIT_FUN: no such resource limit")
    }

    @Test func sameConfigurationGivesTheSameProgram() throws {
        #expect(
            try LaunchCompiler.program(for: Samples.configuration(), settings: Samples.settings())
                == LaunchCompiler.program(for: Samples.configuration(), settings: Samples.settings()))
    }
}
