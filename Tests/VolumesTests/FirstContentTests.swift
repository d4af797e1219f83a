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

    func fill(_ path: String = "/var/lib/app") async throws -> Bool {
        try await store.fill("v", fromLayers: ["\(place.path)/upper", "\(place.path)/lower"], path: path)
    }

    func names(_ directory: String = "") throws -> [String] { try place.names("volumes/v/_data/\(directory)") }
    func read(_ name: String) throws -> String { try place.read("volumes/v/_data/\(name)") }
    func status(_ name: String) throws -> stat { try place.status("volumes/v/_data/\(name)") }
}

@Suite struct FirstContentTests {
    @Test func layersAreMerged() async throws {
        let scene = try Scene()
        try scene.place.write("lower/var/lib/app/both", "old")
        try scene.place.write("lower/var/lib/app/low", "low")
        try scene.place.write("lower/var/lib/app/dir/a", "a")
        try scene.place.write("upper/var/lib/app/both", "new")
        try scene.place.write("upper/var/lib/app/dir/b", "b")
        #expect(try await scene.fill())
        #expect(try scene.names() == ["both", "dir", "low"])
        #expect(try scene.names("dir") == ["a", "b"])
        #expect(try scene.read("both") == "new")
        #expect(try scene.place.names("volumes/v") == ["_data", "fill.lock", "volume.json"])
    }

    @Test(.enabled(if: isRoot, "whiteouts are devices"))
    func whiteoutsAndOpaqueDirectories() async throws {
        let scene = try Scene()
        for name in ["gone", "kept", "dir/hidden", "plain/was-directory"] {
            try scene.place.write("lower/var/lib/app/\(name)", "low")
        }
        try scene.place.write("upper/var/lib/app/dir/shown", "up")
        try scene.place.write("upper/var/lib/app/plain", "a file now")
        let upper = "\(scene.place.path)/upper/var/lib/app"
        try check("make a whiteout") { mknod("\(upper)/gone", S_IFCHR, 0) }
        try check("mark as opaque") { setxattr("\(upper)/dir", "trusted.overlay.opaque", "y", 1, 0) }
        #expect(try await scene.fill())
        #expect(try scene.names() == ["dir", "kept", "plain"])
        #expect(try scene.names("dir") == ["shown"])
        var value: UInt8 = 0
        let path = "\(scene.place.path)/volumes/v/_data/dir"
        #expect(getxattr(path, "trusted.overlay.opaque", &value, 1) == -1)
    }

    @Test(.enabled(if: isRoot, "owners need root"))
    func metadata() async throws {
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
        #expect(try await scene.fill())
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

    @Test func linksStayInsideTheImage() async throws {
        let scene = try Scene()
        try scene.place.write("outside/secret", "x")
        try scene.place.write("lower/real/app/file", "inside")
        let lower = "\(scene.place.path)/lower"
        try Files.makeDirectories("\(lower)/var")
        symlink("/real", "\(lower)/var/lib")
        symlink("../../../../..\(scene.place.path)/outside", "\(lower)/escape")
        symlink("loop", "\(lower)/loop")
        #expect(try await scene.fill("/escape") == false)
        await #expect(throws: VolumeError.self) { try await scene.fill("/loop") }
        #expect(try await scene.fill("/var/./lib/../real/../var/lib/app/"))
        #expect(try scene.read("file") == "inside")
    }

    @Test func onlyEmptyVolumesAreFilled() async throws {
        let scene = try Scene()
        #expect(try await scene.fill() == false)
        try scene.place.write("lower/var/lib/app/file", "image")
        try scene.place.write("lower/etc/file", "no directory")
        #expect(try await scene.fill("/etc/file") == false)
        try scene.place.write("volumes/v/_data/mine", "x")
        #expect(try await scene.fill() == false)
        #expect(try scene.names() == ["mine"])
    }
}

@Suite struct ParallelFillTests {
    @Test func whoeverFillsAVolumeHasAllOfItAfterwards() async throws {
        for _ in 0..<20 {
            let scene = try Scene()
            for number in 0..<50 { try scene.place.write("lower/var/lib/app/dir\(number % 5)/\(number)", "\(number)") }
            let filled = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let isFilled = try await scene.fill()
                        for number in 0..<50 { #expect(try scene.read("dir\(number % 5)/\(number)") == "\(number)") }
                        return isFilled
                    }
                }
                return try await group.reduce(0) { $1 ? $0 + 1 : $0 }
            }
            #expect(filled == 1)
        }
    }

    @Test func theSecondImageFillsWhereTheFirstHasNothing() async throws {
        let scene = try Scene()
        try scene.place.write("lower/var/lib/app/file", "image")
        async let nothing = scene.fill("/nowhere")
        async let something = scene.fill()
        #expect(try await nothing == false)
        #expect(try await something)
        #expect(try scene.read("file") == "image")
    }
}

/// Each state that a kill can leave on the disk, and what containers may have done since.
@Suite struct InterruptedFillTests {
    private func scene(_ files: [String: String]) throws -> Scene {
        let scene = try Scene()
        for name in ["first", "second"] { try scene.place.write("lower/var/lib/app/\(name)", "image") }
        for (name, text) in files { try scene.place.write("volumes/v/\(name)", text) }
        return scene
    }

    @Test func halfACopyIsMadeAnew() async throws {
        let scene = try scene([".roost-arriving/first": "ima", ".roost-arriving/gone": "x"])
        #expect(try await scene.fill())
        #expect(try scene.names() == ["first", "second"])
        #expect(try scene.read("first") == "image")
        #expect(try scene.place.names("volumes/v") == ["_data", "fill.lock", "volume.json"])
        #expect(try await scene.fill() == false)
    }

    @Test func halfACopyOfAVolumeInUseIsDropped() async throws {
        let scene = try scene([".roost-arriving/first": "ima", "_data/mine": "container"])
        #expect(try await scene.fill() == false)
        #expect(try scene.names() == ["mine"])
        #expect(try scene.read("mine") == "container")
        #expect(try scene.place.names("volumes/v") == ["_data", "fill.lock", "volume.json"])
    }

    @Test func aWholeCopyIsMoved() async throws {
        let scene = try scene([".roost-arrived/first": "image", ".roost-arrived/second": "image"])
        #expect(try await scene.fill())
        #expect(try scene.names() == ["first", "second"])
        #expect(try scene.place.names("volumes/v") == ["_data", "fill.lock", "volume.json"])
    }

    @Test func theRestOfACopyIsMovedAndReplacesNothing() async throws {
        let scene = try scene([
            ".roost-arrived/second": "image", ".roost-arrived/third/a": "image", "_data/first": "changed",
            "_data/third/b": "container", "_data/mine": "container",
        ])
        #expect(try await scene.fill())
        #expect(try scene.names() == ["first", "mine", "second", "third"])
        #expect(try scene.read("first") == "changed")
        #expect(try scene.read("second") == "image")
        #expect(try scene.names("third") == ["b"])
        #expect(try scene.place.names("volumes/v") == ["_data", "fill.lock", "volume.json"])
    }

    @Test func theMarkOfAnEarlierVersionEmptiesNothing() async throws {
        let scene = try scene(["filling": "", "_data/first": "ima", "_data/mine": "container"])
        #expect(try await scene.fill() == false)
        #expect(try scene.names() == ["first", "mine"])
        #expect(try scene.read("mine") == "container")
        let empty = try self.scene(["filling": ""])
        #expect(try await empty.fill())
        #expect(try empty.read("first") == "image")
        #expect(try empty.place.names("volumes/v") == ["_data", "fill.lock", "volume.json"])
    }

    @Test(.enabled(if: isRoot, "mounting needs root"))
    func aDiskMountedForTheContentIsFilledToo() async throws {
        let scene = try scene([:])
        let data = "\(scene.place.path)/volumes/v/_data"
        try check("mount") { mount("none", data, "tmpfs", 0, "size=1m") }
        defer { umount2(data, Int32(MNT_DETACH)) }
        #expect(try await scene.fill())
        #expect(try scene.names() == ["first", "second"])
        #expect(try await scene.fill() == false)
    }
}

/// `man 3 makedev`, for small numbers.
private func makedev(_ major: dev_t, _ minor: dev_t) -> dev_t { major << 8 | minor }
