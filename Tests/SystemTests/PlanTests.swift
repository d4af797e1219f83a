import Testing

@Suite("Plans that are kept, and changes that leave a container as it is", .asRoot, .reported)
struct PlanTests {
    private static func web(_ more: String = "") -> String {
        """
        services:
          web:
            image: \(busybox())
            command: [sleep, "1000000"]
        \(more)
        """
    }

    @Test("Apply does exactly what plan said, and refuses when something has changed since")
    func keptPlan() async throws {
        try await onHost { host in
            try host.compose(Self.web())
            let planned = try await host.roost("plan", "-o", "kept.json").ends(with: 2)
            // Looking changes nothing, not even the store.
            #expect(try await host.roost("image", "ls", "-q").succeeds().output.isEmpty)
            #expect(planned.output == (try await host.roost("up", "--dry-run").succeeds().output))
            #expect(try await host.states().isEmpty)
            try await host.roost("apply", "kept.json").succeeds()
            #expect(try await host.states() == ["web-1": "running"])
            #expect(try await host.roost("plan").succeeds().output.isEmpty)
            let late = try await host.roost("apply", "kept.json").ends(with: 1)
            #expect(late.errors.contains("\(host.name)-web-1 is new"), "\(late.errors)")
            #expect(try await host.states() == ["web-1": "running"])
        }
    }

    @Test("A limit, a label and the restart policy change under a container that goes on")
    func liveChanges() async throws {
        try await onHost { host in
            try await host.up(compose: Self.web("    mem_limit: 64m\n"))
            let before = try await host.inspect("web")
            try host.compose(
                Self.web("    mem_limit: 96m\n    pids_limit: 50\n    restart: always\n    labels: {mood: calm}\n"))
            let up = try await host.up()
            #expect(up.errors.contains("web: update (") && up.errors.contains("mem_limit"), "\(up.errors)")
            let after = try await host.inspect("web")
            #expect(after.Id == before.Id && after.State.Pid == before.State.Pid)
            #expect(after.HostConfig.Memory.int == 96 << 20)
            #expect(try await host.roost("plan").succeeds().output.isEmpty)
            let process = try await host.mainProcess(of: "web")
            try await host.kill(process)
            try await eventually("the new policy starts it again") {
                try await host.inspect("web").RestartCount.int == 1
            }
        }
    }

    @Test("A changed file of a config starts its container anew, with its path as the reason")
    func changedContents() async throws {
        try await onHost { host in
            try host.write("motd", "one")
            let file = Self.web("    configs: [motd]\n") + "\nconfigs: {motd: {file: ./motd}}\n"
            try await host.up(compose: file)
            let before = try await host.inspect("web").Id
            try host.write("motd", "two")
            let up = try await host.up()
            #expect(up.errors.contains("web: restart (contents.configs.motd: (changed))"), "\(up.errors)")
            #expect(try await host.inspect("web").Id == before)
            #expect(try await host.inside("web", "cat /motd") == "two")
        }
    }
}
