import Launching
import OCI
import Testing

@testable import Sandboxes

/// Whole programs and what each setting changes in them, as text.
@Suite struct LaunchTextTests {
  private typealias Samples = LaunchSamples

  @Test func ordinaryContainer() throws {
    let text = try Samples.text()
    #expect(text == "")
  }

  @Test func twoNetworksAndAPublishedPort() throws {
    let difference = try Samples.difference(settings: {
      $0.network = .endpoints([Samples.endpoint(0, gateway: false), Samples.endpoint(1)])
      $0.heldPorts = [
        HeldPort(protocol: .tcp, address: [0, 0, 0, 0], port: 8080),
        HeldPort(protocol: .udp, address: [127, 0, 0, 1], port: 53),
      ]
    })
    #expect(difference == "")
  }

  @Test func firstGatewayIsTheDefaultRoute() throws {
    let program = try LaunchCompiler.program(
      for: Samples.configuration(),
      settings: Samples.settings {
        $0.network = .endpoints([Samples.endpoint(0), Samples.endpoint(1)])
      })
    let routes = program.outside.filter { if case .route = $0 { true } else { false } }
    #expect(routes == [.route(destination: [], prefixLength: 0, gateway: [10, 0, 0, 1])])
  }

  @Test func internalNetworkHasNoRoute() throws {
    let program = try LaunchCompiler.program(
      for: Samples.configuration(),
      settings: Samples.settings { $0.network = .endpoints([Samples.endpoint(0, gateway: false)]) })
    #expect(!program.outside.contains { if case .route = $0 { true } else { false } })
  }

  @Test func hostNetwork() throws {
    let difference = try Samples.difference(
      { $0.linux.namespaces.removeAll { $0.type == "network" } }, settings: { $0.network = .host })
    #expect(difference == "")
  }

  @Test func anotherContainersNetwork() throws {
    let path = "/proc/77/ns/net"
    let difference = try Samples.difference(
      { $0.linux.namespaces[5] = .init(type: "network", path: path) },
      settings: { $0.network = .joined(path: path) })
    #expect(difference == "")
  }

  @Test func privileged() throws {
    let difference = try Samples.difference(
      {
        $0.linux.maskedPaths = nil
        $0.linux.readonlyPaths = nil
        $0.linux.devices?.append(.init(path: "/dev/kvm", major: 10, minor: 232, fileMode: 0o660))
        let all = Capability.names.map { "CAP_" + $0 }
        $0.process.capabilities = .init(bounding: all, effective: all, permitted: all)
      }, settings: { $0.privileged = true })
    #expect(difference == "")
  }

  @Test func readOnlyRootFileSystem() throws {
    let difference = try Samples.difference({ $0.root.readonly = true })
    #expect(difference == "")
  }

  @Test func mountsInTheirOrder() throws {
    let difference = try Samples.difference({
      $0.mounts += [
        .init(destination: "/etc/hosts", type: "bind", source: "/c1/hosts", options: ["bind"]),
        .init(
          destination: "/data", type: "bind", source: "/srv/data",
          options: ["rbind", "nodev", "ro"]),
        .init(
          destination: "/tmp", type: "tmpfs", source: "tmpfs",
          options: ["nosuid", "size=1024", "mode=1777"]),
        .init(destination: "/plain", source: "/srv/a b", options: ["rprivate"]),
        .init(destination: "/queue", type: "mqueue"),
      ]
    })
    #expect(difference == "")
  }

  @Test func limits() throws {
    let difference = try Samples.difference({
      var resources = RuntimeConfiguration.Resources()
      resources.memory = .init(limit: 1 << 26, swap: 1 << 27, reservation: 1 << 25)
      resources.cpu = .init(shares: 512, quota: 50_000, period: 100_000, cpus: "0-1")
      resources.pids = .init(limit: 64)
      $0.linux.resources = resources
      $0.process.rlimits = [
        .init(type: "RLIMIT_NOFILE", hard: 2048, soft: 1024),
        .init(type: "RLIMIT_CORE", hard: .max, soft: 0),
      ]
      $0.process.oomScoreAdj = 250
    })
    #expect(difference == "")
  }

  @Test func unlimitedSwapIsNoLimit() throws {
    let program = try LaunchCompiler.program(
      for: Samples.configuration {
        var resources = RuntimeConfiguration.Resources()
        resources.memory = .init(limit: 1 << 26, swap: -1)
        resources.pids = .init(limit: -1)
        $0.linux.resources = resources
      }, settings: Samples.settings())
    #expect(program.cgroup.memory == 1 << 26)
    #expect(program.cgroup.memorySwap == 0)
    #expect(program.cgroup.pids == 0)
  }

  @Test func processOfAUser() throws {
    let difference = try Samples.difference(
      {
        $0.process.user = .init(uid: 1000, gid: 1001, umask: 0o27, additionalGids: [1001, 7])
        $0.process.capabilities = .init(
          bounding: Samples.capabilities, effective: [], permitted: [])
        $0.process.noNewPrivileges = true
        $0.process.terminal = true
        $0.domainname = "lan"
        $0.linux.sysctl = ["net.core.somaxconn": "1024", "kernel.msgmax": "65536"]
      },
      settings: {
        $0.openStandardInput = true
        $0.reaper = true
        $0.seccomp = [6, 0, 0, 0, 0, 0, 0xff, 0x7f]
      })
    #expect(difference == "")
  }

  @Test func hooksAtTheirStages() throws {
    func hook(_ name: String) -> [RuntimeConfiguration.Hook] { [.init(path: "/hooks/" + name)] }
    let change: (inout RuntimeConfiguration) -> Void = {
      var hooks = RuntimeConfiguration.Hooks()
      hooks.prestart = hook("prestart")
      hooks.createRuntime = [
        .init(path: "/hooks/create", args: ["create", "a b"], env: ["A=1"], timeout: 5)
      ]
      hooks.createContainer = hook("inside")
      hooks.startContainer = hook("start")
      hooks.poststop = hook("stopped")
      $0.hooks = hooks
    }
    let difference = try Samples.difference(change)
    #expect(difference == "")
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
    #expect(program.inside.last == .hook(late))
    #expect(program.monitor.poststopHooks.map(\.state) == [state("stopped")])
  }

  @Test(
    arguments: [
      (.none, ""),
      (.unified, ""),
      (.controllers(["memory", "pids"]), ""),
    ] as [(CgroupView, String)])
  func viewOfTheContainersCgroups(_ view: CgroupView, _ difference: String) throws {
    let found = try Samples.difference(settings: { $0.cgroupView = view })
    #expect(found == difference)
  }

  @Test func monitorLeavesTheLinksToTheKernel() throws {
    let monitor = try LaunchCompiler.program(
      for: Samples.configuration(),
      settings: Samples.settings {
        $0.network = .endpoints([Samples.endpoint(0), Samples.endpoint(1)])
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
