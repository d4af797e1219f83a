import Glibc
import Kernel
import OCI
import Testing

@testable import RuntimeCommands

/// Containers whose root is nobody on the host.
@Suite(.enabled(if: RuntimeFixture.obstacle == nil, Comment(rawValue: RuntimeFixture.obstacle ?? "")))
struct UserNamespaceTests {
    private static let first: UInt32 = 100_000

    /// A bundle with users of its own, to whom its root file system belongs.
    private func fixture(
        _ script: String, _ change: (inout RuntimeConfiguration) -> Void = { _ in }
    ) throws -> RuntimeFixture {
        let fixture = try RuntimeFixture()
        for part in ["", "/bin", "/tmp"] {
            try #require(chown("\(fixture.directory)/bundle/rootfs\(part)", Self.first, Self.first) == 0)
        }
        try fixture.bundle(script) {
            $0.root.readonly = false
            $0.linux.namespaces.append(.init(type: "user"))
            let mapping = RuntimeConfiguration.IDMapping(containerID: 0, hostID: Self.first, size: 65536)
            ($0.linux.uidMappings, $0.linux.gidMappings) = ([mapping], [mapping])
            change(&$0)
        }
        return fixture
    }

    @Test func rootInsideIsNobodyOutside() throws {
        let fixture = try fixture("id -u; cat /proc/self/uid_map; echo x >/tmp/made; cat /tmp/made; hostname")
        let outcome = try fixture.make("run")
        let words = outcome.output.split { $0.isWhitespace }
        #expect(words == ["0", "0", "100000", "65536", "x", "roost-oci"], "\(outcome)")
        var status = stat()
        try #require(stat("\(fixture.directory)/bundle/rootfs/tmp/made", &status) == 0)
        #expect(status.st_uid == Self.first)
    }

    @Test func anotherUserHasItsIdAndNoMore() throws {
        let fixture = try fixture("id -u; echo x >/made || echo refused") {
            $0.process.user = .init(uid: 7, gid: 8)
        }
        let outcome = try fixture.make("run")
        #expect(outcome.output == "7\nrefused\n", "\(outcome)")
    }

    @Test func whatOnlyTheHostsRootCanReachIsBound() throws {
        let closed = "/tmp/roost-oci-test-closed-\(getpid())"
        try Files.makeDirectories("\(closed)/data")
        defer { for path in ["/data/file", "/data", ""] { remove(closed + path) } }
        try Files.replace("\(closed)/data/file", with: Array("seen\n".utf8), mode: 0o644)
        chmod(closed, 0o700)
        let fixture = try fixture("cat /data/file; /bin/busybox ip link show lo | /bin/busybox grep -c LOOPBACK,UP") {
            $0.mounts.append(.init(destination: "/data", source: "\(closed)/data", options: ["bind"]))
        }
        let outcome = try fixture.make("run")
        #expect(outcome.output == "seen\n1\n", "\(outcome)")
    }

    @Test func aFurtherProcessIsInTheSameNamespace() throws {
        let fixture = try fixture("sleep 1000")
        let made = try fixture.make("create")
        try #require(made.code == 0, "\(made)")
        try #require(try fixture.run("start", fixture.name).code == 0)
        let outcome = try fixture.run("exec", fixture.name, "sh", "-c", "id -u; cat /proc/self/uid_map")
        #expect(outcome.output.split { $0.isWhitespace } == ["0", "0", "100000", "65536"], "\(outcome)")
    }

    @Test func aNamespaceOfTheHostsIsStillJoined() throws {
        let fixture = try fixture("/bin/busybox readlink /proc/self/ns/ipc") {
            $0.linux.namespaces.removeAll { $0.type == "ipc" }
            $0.linux.namespaces.append(.init(type: "ipc", path: "/proc/self/ns/ipc"))
            $0.mounts.removeAll { $0.type == "mqueue" }
        }
        let outcome = try fixture.make("run")
        #expect(outcome.output.hasPrefix("ipc:"), "\(outcome)")
    }
}
