import ControlAPI
import Kernel
import Testing

@testable import Containers

/// Where containers stand on the disk and among control groups.
@Suite struct LaunchPlaceTests {
    @Test func theLowestLayerHasWhatIsMountedOn() throws {
        let place = try TemporaryDirectory()
        let skeleton = try Skeleton(root: place.path)
        #expect(try Directory.names(in: skeleton.path) == ["dev", "etc", "proc", "sys"])
        #expect(try Directory.names(in: skeleton.path + "/etc") == ["hostname", "hosts", "resolv.conf"])
    }

    @Test func aLayerInUseIsLeftAloneAndCompleted() throws {
        let place = try TemporaryDirectory()
        let path = try Skeleton(root: place.path).path
        let kept = Files.changeTime(path + "/etc/hosts")
        // A start that was cut short left it like this.
        try Files.remove(path + "/etc/hostname")
        try Directory.remove(path + "/sys")
        #expect(try Skeleton(root: place.path).path == path)
        #expect(Files.changeTime(path + "/etc/hosts") == kept)
        #expect(Files.exists(path + "/etc/hostname") && Files.exists(path + "/sys"))
    }

    private static func path(_ root: String, _ runRoot: String) throws -> String {
        try ContainerCgroups(Locations(root: root, runRoot: runRoot)).path("abc")
    }

    /// A container is found again by the path, also by a later version: it never changes.
    @Test func eachInstanceHasItsOwnGroups() throws {
        #expect(try Self.path("/var/lib/roost", "/run/roost") == "roost/abc")
        #expect(try Self.path("/elsewhere", "/run/roost") == "roost/abc")
        #expect(try Self.path("/var/lib/roost", "/run/other") == "roost-7efb414a/abc")
        #expect(try Self.path("/var/lib/roost", "/run/third") != "roost-7efb414a/abc")
    }

    @Test func oneBootIsToldFromTheNext() throws {
        #expect(BootIdentity.current.utf8.count == 36)
        #expect(try Files.readText("/proc/sys/kernel/random/boot_id") == BootIdentity.current + "\n")
    }
}
