import CLinux
import Glibc
import Kernel
import Testing
import Volumes

private let isRoot = geteuid() == 0

/// Two layers and an empty volume.
private struct Scene {
    let place: Place
    let store: VolumeStore

    init() throws {
        place = try Place()
        store = VolumeStore(root: place.path)
        try store.ensure(name: "v")
        for layer in ["upper", "lower"] { try Files.makeDirectories("\(place.path)/\(layer)") }
    }

    func fill(_ path: String = "/var/lib/app") throws -> Bool {
        try store.fill("v", fromLayers: ["\(place.path)/upper", "\(place.path)/lower"], path: path)
    }

    func names(_ directory: String = "") throws -> [String] { try place.names("volumes/v/_data/\(directory)") }
    func read(_ name: String) throws -> String { try place.read("volumes/v/_data/\(name)") }
    func status(_ name: String) throws -> stat { try place.status("volumes/v/_data/\(name)") }
}

@Suite struct FirstContentTests {
    @Test func layersAreMerged() throws {
        let scene = try Scene()
        try scene.place.write("lower/var/lib/app/both", "old")
        try scene.place.write("lower/var/lib/app/low", "low")
        try scene.place.write("lower/var/lib/app/dir/a", "a")
        try scene.place.write("upper/var/lib/app/both", "new")
        try scene.place.write("upper/var/lib/app/dir/b", "b")
        #expect(try scene.fill())
        #expect(try scene.names() == ["both", "dir", "low"])
        #expect(try scene.names("dir") == ["a", "b"])
        #expect(try scene.read("both") == "new")
        #expect(!Files.exists("\(scene.place.path)/volumes/v/filling"))
    }

    @Test(.enabled(if: isRoot, "whiteouts are devices"))
    func whiteoutsAndOpaqueDirectories() throws {
        let scene = try Scene()
        for name in ["gone", "kept", "dir/hidden", "plain/was-directory"] {
            try scene.place.write("lower/var/lib/app/\(name)", "low")
        }
        try scene.place.write("upper/var/lib/app/dir/shown", "up")
        try scene.place.write("upper/var/lib/app/plain", "a file now")
        let upper = "\(scene.place.path)/upper/var/lib/app"
        try check("make a whiteout") { mknod("\(upper)/gone", S_IFCHR, 0) }
        try check("mark as opaque") { setxattr("\(upper)/dir", "trusted.overlay.opaque", "y", 1, 0) }
        #expect(try scene.fill())
        #expect(try scene.names() == ["dir", "kept", "plain"])
        #expect(try scene.names("dir") == ["shown"])
        var value: UInt8 = 0
        let path = "\(scene.place.path)/volumes/v/_data/dir"
        #expect(getxattr(path, "trusted.overlay.opaque", &value, 1) == -1)
    }

    @Test(.enabled(if: isRoot, "owners need root"))
    func metadata() throws {
        let scene = try Scene()
        let app = "\(scene.place.path)/lower/var/lib/app"
        try scene.place.write("lower/var/lib/app/tool", "x")
        try check("own") { chown("\(app)/tool", 1234, 99) }
        try check("mode") { chmod("\(app)/tool", 0o4750) }
        try check("attribute") { setxattr("\(app)/tool", "user.note", "hello", 5, 0) }
        try check("link") { link("\(app)/tool", "\(app)/twin") }
        try check("link") { symlink("/etc/passwd", "\(app)/pointer") }
        try check("own") { lchown("\(app)/pointer", 5, 6) }
        try check("pipe") { mkfifo("\(app)/pipe", 0o600) }
        try check("device") { mknod("\(app)/null", S_IFCHR | 0o666, makedev(1, 3)) }
        try check("own") { chown(app, 70, 71) }
        try check("mode") { chmod(app, 0o700) }
        let times = [timespec(tv_sec: 1000, tv_nsec: 5), timespec(tv_sec: 2000, tv_nsec: 6)]
        for path in ["\(app)/tool", "\(app)/pointer", app] {
            try check("time") { utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) }
        }
        #expect(try scene.fill())
        let tool = try scene.status("tool")
        #expect(tool.st_uid == 1234 && tool.st_gid == 99 && tool.st_mode & 0o7777 == 0o4750)
        #expect(tool.st_mtim.tv_sec == 2000 && tool.st_mtim.tv_nsec == 6)
        #expect(try scene.status("twin").st_ino == tool.st_ino)
        let pointer = try scene.status("pointer")
        #expect(pointer.st_mode & S_IFMT == S_IFLNK && pointer.st_uid == 5 && pointer.st_mtim.tv_sec == 2000)
        #expect(try scene.status("pipe").st_mode & S_IFMT == S_IFIFO)
        #expect(try scene.status("null").st_rdev == makedev(1, 3))
        let top = try scene.status("")
        #expect(top.st_uid == 70 && top.st_gid == 71 && top.st_mode & 0o7777 == 0o700)
        #expect(top.st_mtim.tv_sec == 2000)
        var value = [UInt8](repeating: 0, count: 5)
        #expect(getxattr("\(scene.place.path)/volumes/v/_data/tool", "user.note", &value, 5) == 5)
        #expect(value == Array("hello".utf8))
    }

    @Test func linksStayInsideTheImage() throws {
        let scene = try Scene()
        try scene.place.write("outside/secret", "x")
        try scene.place.write("lower/real/app/file", "inside")
        let lower = "\(scene.place.path)/lower"
        try Files.makeDirectories("\(lower)/var")
        symlink("/real", "\(lower)/var/lib")
        symlink("../../../../..\(scene.place.path)/outside", "\(lower)/escape")
        symlink("loop", "\(lower)/loop")
        #expect(try scene.fill("/escape") == false)
        #expect(throws: VolumeError.self) { try scene.fill("/loop") }
        #expect(try scene.fill("/var/./lib/../real/../var/lib/app/"))
        #expect(try scene.read("file") == "inside")
    }

    @Test func onlyEmptyVolumesAreFilled() throws {
        let scene = try Scene()
        #expect(try scene.fill() == false)
        try scene.place.write("lower/var/lib/app/file", "image")
        try scene.place.write("lower/etc/file", "no directory")
        #expect(try scene.fill("/etc/file") == false)
        try scene.place.write("volumes/v/_data/mine", "x")
        #expect(try scene.fill() == false)
        #expect(try scene.names() == ["mine"])
    }

    @Test func interruptedFillBeginsAnew() throws {
        let scene = try Scene()
        try scene.place.write("lower/var/lib/app/file", "image")
        try scene.place.write("volumes/v/_data/file", "ima")
        try scene.place.write("volumes/v/filling", "")
        #expect(try scene.fill())
        #expect(try scene.read("file") == "image")
        #expect(try scene.fill() == false)
    }
}

/// `man 3 makedev`, for small numbers.
private func makedev(_ major: dev_t, _ minor: dev_t) -> dev_t { major << 8 | minor }
