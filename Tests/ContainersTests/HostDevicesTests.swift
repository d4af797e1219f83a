import Glibc
import Kernel
import OCI
import StackModel
import Testing

@testable import Containers

@Suite struct HostDevicesTests {
    /// `makedev(260, 300)`: both numbers are longer than eight bits.
    private static let longNumbers: dev_t = 0x11_042c

    private static func make(_ name: String, _ mode: mode_t, _ number: dev_t, in place: TemporaryDirectory) throws {
        try #require(mknod(place.path + "/" + name, mode, number) == 0, "\(KernelError.reason(of: errno))")
    }

    /// Devices, and what is none.
    private static func devices() throws -> TemporaryDirectory {
        let place = try TemporaryDirectory()
        try Files.makeDirectories(place.path + "/bus/one/two/three")
        try make("null", S_IFCHR | 0o666, 0x103, in: place)
        try make("bus/disk", S_IFBLK | 0o600, longNumbers, in: place)
        try make("bus/one/two/deep", S_IFCHR | 0o600, 0x104, in: place)
        try make("pipe", S_IFIFO | 0o600, 0, in: place)
        try Files.replace(place.path + "/file", with: [])
        try #require(symlink("null", place.path + "/link") == 0)
        return place
    }

    private static let canMake = geteuid() == 0

    @Test(.enabled(if: canMake, "only root may make devices"))
    func ofADirectoryAllDevicesAreGranted() throws {
        let place = try Self.devices()
        let granted = try HostDevices.granted([DeviceMapping(source: place.path, target: "/in", permissions: "r")])
        // Links aren't followed: what they lead to is granted where it is.
        #expect(granted.map(\.device.path).sorted() == ["/in/bus/disk", "/in/bus/one/two/deep", "/in/null"])
        let disk = try #require(granted.first { $0.device.path == "/in/bus/disk" })
        #expect(disk.device.type == "b" && disk.device.major == 260 && disk.device.minor == 300)
        #expect(disk.device.fileMode == 0o600 && disk.device.uid == 0 && disk.device.gid == 0)
        #expect(disk.rule == .init(allow: true, type: "b", major: 260, minor: 300, access: "r"))
    }

    @Test(.enabled(if: canMake, "only root may make devices"))
    func oneDeviceIsGrantedUnderItsNewName() throws {
        let place = try Self.devices()
        // The user names what is behind a link.
        for name in ["null", "link"] {
            let mapping = DeviceMapping(source: place.path + "/" + name, target: "/dev/nothing", permissions: "")
            let granted = try HostDevices.granted([mapping])
            var expected = RuntimeConfiguration.Device(path: "/dev/nothing", major: 1, minor: 3)
            expected.fileMode = granted.first?.device.fileMode
            expected.uid = 0
            expected.gid = 0
            #expect(granted.map(\.device) == [expected])
            #expect(granted.map(\.rule.access) == ["rwm"])
        }
    }

    @Test func whatIsNoDeviceIsRefused() throws {
        let place = try TemporaryDirectory()
        try Files.replace(place.path + "/file", with: [])
        let plain = #expect(throws: BundleError.self) {
            try HostDevices.device(place.path + "/file", as: "/dev/x")
        }
        #expect(plain.map { "\($0)" } == "\(place.path)/file is no device")
        let missing = #expect(throws: BundleError.self) {
            try HostDevices.granted([DeviceMapping(source: place.path + "/none", target: "/dev/x")])
        }
        #expect(missing.map { "\($0)".hasPrefix("device \(place.path)/none: ") } == true)
    }

    @Test func aPrivilegedContainerHasTheHostsDevicesBesideItsOwn() throws {
        let paths = try HostDevices.all().map(\.path)
        #expect(paths.allSatisfy { $0.hasPrefix("/dev/") })
        // Each container has these of its own, and its own terminals.
        for name in ["null", "zero", "full", "random", "urandom", "tty", "console", "ptmx"] {
            #expect(!paths.contains("/dev/" + name))
        }
        #expect(!paths.contains { $0.hasPrefix("/dev/pts/") || $0.hasPrefix("/dev/shm/") })
    }
}
