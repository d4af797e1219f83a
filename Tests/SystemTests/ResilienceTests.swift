import Foundation
import Testing

@Suite("Processes that are killed, and reboots", .asRoot, .reported)
struct ResilienceTests {
    static let talker = """
        services:
          web:
            image: \(busybox())
            command: ["sh", "-c", "i=0; while :; do i=$$((i+1)); echo line $$i; sleep 0.05; done"]
            restart: "no"
          quiet:
            image: \(busybox())
            command: [sleep, "1000000"]
        """

    @Test("Without its supervisor a stack goes on, and the supervisor is back by itself with the same containers")
    func supervisor() async throws {
        try await onHost { host in
            try await host.up(compose: Self.talker)
            let before = [try await host.inspect("web"), try await host.inspect("quiet")]
            let supervisor = try await host.supervisor()
            try await host.kill(supervisor)
            let next = try await eventually("a supervisor is back") {
                try await host.processes("roost-supervisor ").first { $0 != supervisor }
            }
            #expect(next != supervisor)
            for (service, old) in zip(["web", "quiet"], before) {
                let new = try await host.inspect(service)
                #expect(new.Id == old.Id && new.State.Pid == old.State.Pid)
                #expect(new.State.StartedAt == old.State.StartedAt)
            }
            try await Self.expectUnbrokenLog(host)
            #expect(
                try await host.inside("web", "nslookup quiet >/dev/null && echo known") == "known", "names work again")
            #expect(try await host.up().text.contains("recreate") == false)
        }
    }

    /// The log must hold each line once and in order, and must still be growing.
    static func expectUnbrokenLog(_ host: Host) async throws {
        let known = try await host.log("web").split(separator: "\n").count
        try await eventually("the log goes on") { try await host.log("web").split(separator: "\n").count > known + 5 }
        let numbers = try await host.log("web").split(separator: "\n").compactMap { Int($0.dropFirst("line ".count)) }
        #expect(numbers == Array(1...max(1, numbers.count)), "no line is lost or doubled")
    }

    @Test(
        "A shim that is killed is an exit of its container only, and the restart policy applies",
        arguments: ["\"no\"", "always"])
    func shim(policy: String) async throws {
        try await onHost { host in
            try await host.up(compose: Self.talker.replacing("restart: \"no\"", with: "restart: \(policy)"))
            let (old, quiet) = (try await host.inspect("web"), try await host.inspect("quiet"))
            let process = try await host.mainProcess(of: "web")
            try await host.kill(try await host.shim(of: "web"))
            try await eventually("the exit is seen") {
                let state = try await host.inspect("web").State
                return policy == "always"
                    ? state.Running.bool == true && state.Pid != old.State.Pid : state.Status.string == "exited"
            }
            #expect(!host.isAlive(process), "nothing of the old container goes on")
            #expect(try await host.inspect("quiet").State == quiet.State)
        }
    }

    @Test("A container's own process that is killed is an exit with 137")
    func mainProcess() async throws {
        try await onHost { host in
            try await host.up(compose: Self.talker)
            try await host.kill(try await host.mainProcess(of: "quiet"))
            try await eventually("the exit is seen") { try await host.states()["quiet-1"] == "exited(137)" }
            try await host.up()
            #expect(try await host.states()["quiet-1"] == "running")
        }
    }

    static let many =
        "services:\n"
        + (1...6).map { number in
            "  s\(number):\n    image: \(busybox())\n    command: [sleep, \"1000000\"]\n    ports: [\"\(9000 + number):80\"]\n"
                + "    volumes: [v\(number):/data]\n    networks: [n\(number % 2)]\n"
        }.joined() + "networks: {n0: {}, n1: {}}\nvolumes: {" + (1...6).map { "v\($0): {}" }.joined(separator: ", ")
        + "}\n"

    @Test("A supervisor killed in the middle of up leaves nothing that the next up doesn't repair", arguments: 0..<8)
    func killedInUp(shims: Int) async throws {
        try await onHost { host in
            try host.compose(Self.many)
            let up = try host.start(roost: ["up", "-d"])
            let supervisor = try await eventually("the supervisor runs", every: .milliseconds(1)) {
                try await host.processes("roost-supervisor ").first
            }
            try await eventually("\(shims) shims run, or up is done", every: .milliseconds(1)) {
                let count = shims == 0 ? 0 : try await host.processes("roost-shim").count
                return count >= shims || up.status != nil
            }
            try await host.kill(supervisor)
            _ = try await up.outcome()
            try await host.up()
            let rows = try await host.containers()
            #expect(
                rows.count == 6 && rows.allSatisfy { $0.State == "running" }, "\(rows.map { "\($0.Name) \($0.State)" })"
            )
            try await host.expectOneShimEach(6)
        }
    }

    @Test("A shim killed in the middle of up fails that container alone, and the next up repairs it")
    func shimKilledInUp() async throws {
        try await onHost { host in
            try host.compose(Self.many)
            let up = try host.start(roost: ["up", "-d"])
            let shim = try await eventually("a shim runs", every: .milliseconds(1)) {
                try await host.processes("roost-shim").first
            }
            try await host.kill(shim)
            _ = try await up.outcome()
            try await host.up()
            #expect(try await host.containers().filter { $0.State == "running" }.count == 6)
            try await host.expectOneShimEach(6)
        }
    }

    @Test("The command line killed in the middle of up harms nothing")
    func commandKilled() async throws {
        try await onHost { host in
            try host.compose(Self.many)
            let up = try host.start(roost: ["up", "-d"])
            _ = try await eventually("the supervisor runs", every: .milliseconds(1)) {
                try await host.processes("roost-supervisor ").first
            }
            try await up.signal(SIGKILL)
            try await host.up()
            #expect(try await host.containers().filter { $0.State == "running" }.count == 6)
        }
    }

    @Test(
        "A supervisor killed in the middle of down leaves nothing that the next down doesn't remove", arguments: 0..<3)
    func killedInDown(gone: Int) async throws {
        try await onHost { host in
            try await host.up(compose: Self.many)
            let supervisor = try await host.supervisor()
            let down = try host.start(roost: ["down", "-t", "0"])
            try await eventually("\(gone) containers are gone", every: .milliseconds(1)) {
                try await host.processes("roost-shim").count <= 6 - gone || down.status != nil
            }
            try await host.kill(supervisor)
            _ = try await down.outcome()
            try await host.roost("down", "-t", "0").succeeds()
            #expect(try await host.roost("ps", "-a", "-q").succeeds().output.isEmpty)
        }
    }

    /// Nobody leaves by itself here: a supervisor that waits for another one to end would be seen as a command that fails.
    @Test(
        "Whoever dies while a supervisor starts, the next command finds or starts one, and one only stays",
        arguments: 1...3)
    func startUnderFire(seed: Int) async throws {
        try await onHost { host in
            try host.compose(Self.many)
            let patient = ["ROOST_IDLE_SECONDS": "1000"]
            try await host.roost("up", "-d", environment: patient).succeeds()
            let program = join(Requirements.repository, "scripts/testing/start-under-fire")
            try await host.start(
                [program, join(Requirements.binaries, "roost"), "\(seed)", "25"], environment: patient
            ).outcome(within: .seconds(240)).succeeds()
            try await host.up()
            try await host.expectRunning(6)
            try await host.expectOneShimEach(6)
            try await host.roost("down", "-t", "0").succeeds()
            try await host.kill(try await host.supervisor())
        }
    }

    @Test("After a reboot up works on what the disk holds")
    func reboot() async throws {
        try await onHost { host in
            try await host.up(compose: Self.many)
            _ = try await host.inside("s1", "echo kept >/data/file; echo kept >/root/file")
            let id = try await host.inspect("s1").Id
            try await host.reboot()
            try await host.up()
            #expect(try await host.containers().filter { $0.State == "running" }.count == 6)
            #expect(try await host.inside("s1", "cat /data/file") == "kept")
            #expect(try await host.inspect("s1").Id == id, "nothing was edited, so nothing is recreated")
            #expect(try await host.inside("s1", "cat /root/file") == "kept")
        }
    }

    @Test("After a reboot down works too, and ps tells the truth")
    func rebootAndDown() async throws {
        try await onHost { host in
            try await host.up(compose: Self.talker)
            try await host.reboot()
            #expect(try await !host.containers().contains { $0.State == "running" })
            try await host.roost("down").succeeds()
        }
    }

    @Test("All processes of the engine killed at once: up adopts or replaces, and doubles nothing")
    func everythingKilled() async throws {
        try await onHost { host in
            try await host.up(compose: Self.many)
            for process in try await host.processes("roost") { try await host.kill(process) }
            try await host.up()
            try await host.expectRunning(6)
            try await host.expectOneShimEach(6)
        }
    }

    @Test("up in the moment in which the containers' processes die: what it starts stays started")
    func upWhileContainersEnd() async throws {
        try await onHost { host in
            try await host.up(compose: Self.many)
            for _ in 0..<5 {
                for process in try await host.processes("roost-shim") { try await host.kill(process) }
                try await host.up()
                try await host.expectRunning(6)
                try await host.expectOneShimEach(6)
            }
        }
    }

    @Test("What is removed of a running stack behind Roost's back is made again, without a command")
    func vanishes() async throws {
        try await onHost { host in
            try await host.up(
                compose: """
                    services:
                      web:
                        image: \(busybox())
                        command: ["sh", "-c", "mkdir /srv; echo hello >/srv/index.html; exec httpd -f -p 80 -h /srv"]
                        ports: ["9080:80"]
                      other:
                        image: \(busybox())
                        command: [sleep, "1000000"]
                    """)
            let web = try await host.inspect("web")
            func expectWhole(_ what: String) async throws {
                try await eventually("after \(what) the port leads to the container") {
                    try await host.shell("timeout 5 wget -qO- http://127.0.0.1:9080/").output == "hello\n" ? true : nil
                }
                try await eventually("after \(what) containers find each other") {
                    try await host.inside("other", "timeout 5 wget -qO- http://web/") == "hello" ? true : nil
                }
                #expect(try await host.inspect("web").State.Pid == web.State.Pid, "after \(what)")
            }
            try await expectWhole("the start")
            try await host.shell("nft flush ruleset").succeeds()
            try await expectWhole("the loss of the table")
            try await host.shell("for link in $(ls /sys/class/net | grep ^rst); do ip link del $link; done").succeeds()
            try await expectWhole("the loss of the bridge")
            try await host.shell("for link in $(ls /sys/class/net | grep ^rv); do ip link del $link; done").succeeds()
            try await expectWhole("the loss of the links")
            let gone = try await host.inspect("other").Id.string ?? ""
            try FileManager.default.removeItem(atPath: join(host.root, "containers", gone))
            try await eventually("a container takes the lost one's place") {
                let other = try await host.inspect("other")
                return other.Id.string != gone && other.State.Status.string == "running"
            }
            try await expectWhole("the loss of a container")
            try await host.expectOneShimEach(2)
        }
    }
}

extension Host {
    /// Records a failure unless `count` containers run.
    func expectRunning(_ count: Int, at location: SourceLocation = #_sourceLocation) async throws {
        let states = try await containers().map(\.State)
        #expect(states == Array(repeating: "running", count: count), sourceLocation: location)
    }

    /// Records a failure unless `count` shims run: none is left over, none is doubled.
    func expectOneShimEach(_ count: Int, at location: SourceLocation = #_sourceLocation) async throws {
        try await eventually("\(count) shims run", within: .seconds(5), at: location) {
            try await processes("roost-shim").count == count
        }
    }
}
