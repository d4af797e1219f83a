import Foundation
import Testing

@Suite("Devices of the host in a container", .asRoot, .reported)
struct DeviceTests {
    /// A node of the host that no container has by itself: /dev/fuse's.
    private func node(_ host: Host) async throws -> String {
        let path = host.directory + "/node"
        try await host.shell("mknod -m 640 \(path) c 10 229 && chown 7:9 \(path)").succeeds()
        return path
    }

    @Test(
        "A device is there with its owner and its permissions, and no other can be used",
        arguments: [("rwm", ["read", "written"]), ("r", ["read"]), ("w", ["written"]), ("m", []), (nil, [])])
    func permissions(_ permissions: String?, _ allowed: [String]) async throws {
        try await onHost { host in
            let node = try await node(host)
            let script = """
                (exec 3</dev/given) && echo read; test -e /dev/given && (exec 3>>/dev/given) && echo written
                mknod /dev/other c 10 200; mknod /other c 10 229; (exec 3</dev/other) && echo other; (exec 3</other) && echo other
                stat -c '%F %t:%T %a %u:%g' /dev/given; true
                """
            try host.write("check", script)
            try await host.up(
                compose: """
                    services:
                      it:
                        image: \(busybox())
                        command: [sleep, "1000000"]
                        volumes: [./check:/check:ro]
                        devices: [\(permissions.map { "\"\(node):/dev/given:\($0)\"" } ?? "")]
                    """)
            var lines = try await host.inside("it", "sh /check 2>/dev/null").split(separator: "\n").map(String.init)
            if permissions != nil { #expect(lines.popLast() == "character special file a:e5 640 7:9") }
            #expect(lines == allowed)
        }
    }

    @Test("A directory of devices is there with all of them")
    func directory() async throws {
        try await onHost { host in
            let node = try await node(host)
            try await host.shell("mkdir -p \(host.directory)/nodes/in && mv \(node) \(host.directory)/nodes/in/d")
                .succeeds()
            try await host.up(
                compose: """
                    services:
                      it:
                        image: \(busybox())
                        command: [sleep, "1000000"]
                        devices: ["\(host.directory)/nodes:/dev/nodes:r"]
                    """)
            #expect(try await host.inside("it", "exec 3</dev/nodes/in/d && echo read") == "read")
        }
    }

    @Test("A device that the host doesn't have, and what is none, is an error that names it")
    func missing() async throws {
        try await onHost { host in
            for (device, message) in [("/dev/nonesuch", "/dev/nonesuch"), ("/etc/passwd", "/etc/passwd is no device")] {
                try host.compose("services: {it: {image: '\(busybox())', devices: ['\(device)']}}")
                try await host.roost("up", "-d").fails(saying: message)
            }
        }
    }

    @Test(
        "Rules of the device cgroup let a container use nodes that it makes in /dev",
        arguments: [
            ("[\"c 10:229 rm\"]", ["read"]), ("[\"c 10:* rwm\"]", ["read", "written"]), ("[\"b *:* rwm\"]", []),
            ("[]", []),
        ])
    func rules(_ rules: String, _ allowed: [String]) async throws {
        try await onHost { host in
            let script = """
                mknod /dev/made c 10 229; mknod /made c 10 229
                (exec 3</dev/made) && echo read; (exec 3>>/dev/made) && echo written; (exec 3</made) && echo elsewhere
                true
                """
            try host.write("check", script)
            try await host.up(
                compose: """
                    services:
                      it:
                        image: \(busybox())
                        command: [sleep, "1000000"]
                        volumes: [./check:/check:ro]
                        device_cgroup_rules: \(rules)
                    """)
            #expect(
                try await host.inside("it", "sh /check 2>/dev/null").split(separator: "\n").map(String.init) == allowed)
        }
    }
}
