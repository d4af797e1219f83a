import Glibc
import Testing

@Suite("Watching files", .asRoot, .reported)
struct WatchTests {
    static let compose = """
        services:
          web:
            build: {context: app}
            command: [sh, -c, "date +%s%N >/started; exec sleep 1000000"]
            stop_grace_period: 0s
            develop:
              watch:
                - {path: app/src, action: sync, target: /src, ignore: [skipped], initial_sync: true}
                - {path: app/conf, action: sync+restart, target: /conf}
                - {path: app/hook, action: sync+exec, target: /hook, exec: {command: [sh, -c, "cat /hook/* >/seen"]}}
                - {path: app/lock, action: rebuild}
        """

    @Test("watch brings changed files into the container, restarts and rebuilds as the rules say, until Ctrl-C")
    func watch() async throws {
        try await onHost { host in
            try host.write("app/Dockerfile", "FROM \(busybox())\nCOPY lock /lock\n")
            for path in ["src/old", "src/skipped/x", "conf/a", "hook/a", "lock"] {
                try host.write("app/" + path, "1\n")
            }
            try host.compose(Self.compose)
            let watch = try host.start(roost: ["watch"])
            func eventuallyInside(_ script: String, _ expected: String) async throws {
                try await eventually("\(script) is \(expected); \(watch.errors)") {
                    try await host.inside("web", script) == expected
                }
            }
            try await eventually("it watches: \(watch.errors)") { watch.errors.contains("Watch enabled") }
            #expect(try await host.inside("web", "ls /src") == "old", "what was there comes with initial_sync")
            try host.write("app/src/new/deep/file", "2\n")
            try host.write("app/src/skipped/y", "2\n")
            try await eventuallyInside("cat /src/new/deep/file; ls /src", "2\nnew\nold")
            try await host.shell("rm -r app/src/new; for n in $(seq 3000); do echo $n >app/src/many-$n; done")
                .succeeds()
            try await eventuallyInside("test ! -e /src/new && ls /src | wc -l", "3001")
            let started = try await host.inside("web", "cat /started")
            try host.write("app/conf/a", "3\n")
            try await eventually("it is restarted") { try await host.inside("web", "cat /started") != started }
            #expect(try await host.inside("web", "cat /conf/a") == "3")
            try host.write("app/hook/b", "4\n")
            try await eventuallyInside("cat /seen", "4")
            let image = try await host.containers()[0].ID
            try host.write("app/lock", "5\n")
            try await eventually("it is rebuilt") { try await host.containers().first?.ID != image }
            try await eventuallyInside("cat /lock", "5")
            for text in ["Syncing service \"web\" after", "service(s) [\"web\"] restarted", "successfully built"] {
                try await eventually("\(text) is said; \(watch.errors)") { watch.errors.contains(text) }
            }
            try await watch.signal(SIGINT)
            try await watch.outcome().ends(with: 130)
            #expect(try await host.containers().map(\.State) == ["running"])
            try await host.roost("watch", "--no-up", "nobody").fails(saying: "no such service: nobody")
        }
    }

    @Test("up --watch does so beside the logs, and no link of a container leads what is brought into it elsewhere")
    func upWatch() async throws {
        try await onHost { host in
            try host.write("src/a", "1\n")
            try host.compose(
                """
                services:
                  web:
                    image: \(busybox())
                    command: [sh, -c, "mkdir /t; ln -s /../../../../../..\(host.project) /t/out; echo ready; exec sleep 1000000"]
                    stop_grace_period: 0s
                    develop: {watch: [{path: src, action: sync, target: /t/out}]}
                """)
            let up = try host.start(roost: ["up", "--watch"])
            try await eventually("it watches: \(up.errors)") {
                up.errors.contains("Watch enabled") && up.output.contains("| ready")
            }
            try host.write("src/b", "2\n")
            try await eventually("the file is there; \(up.errors)") {
                try await host.inside("web", "find / -xdev -name b -type f") != ""
            }
            #expect(try await host.shell("ls").succeeds().output == "compose.yaml\nsrc\n")
            try await up.signal(SIGINT)
            try await up.outcome().ends(with: 130)
            try host.compose("services: {web: {image: \(busybox())}}")
            try await host.roost("up", "-w").fails(saying: "none of the selected services is configured for watch")
        }
    }
}
