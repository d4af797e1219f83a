import Glibc
import Launching
import Testing

@testable import Kernel

/// A container sees the program that enters it, by /proc, and must not change it.
@Suite(.enabled(if: ShimFixture.obstacle == nil, Comment(rawValue: ShimFixture.obstacle ?? "")))
struct SealedExecutableTests {
    /// A copy of the shim, as the attack would spoil the file.
    private final class Copy {
        let path = "/tmp/roost-shim-copy-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"

        init() throws {
            try Files.replace(path, with: Files.read(ShimFixture.shim, limit: 1 << 28), mode: 0o755)
            chmod(path, 0o755)
        }

        deinit { unlink(path) }

        /// Mode, owner, size and time.
        var state: [Int64] {
            var status = stat()
            guard stat(path, &status) == 0 else { return [] }
            return [Int64(status.st_mode), Int64(status.st_uid), Int64(status.st_size), Int64(status.st_mtim.tv_sec)]
        }
    }

    private static let attack = "busybox chmod 1777 $f; busybox chown 33 $f; busybox touch $f; echo x >> $f"

    /// A container that may look at all its processes.
    private static func tracing(_ program: inout LaunchProgram) {
        let mask = ShimFixture.capabilities | 1 << 19
        program.process.capabilities = CapabilitySets(bounding: mask, effective: mask, permitted: mask)
    }

    @Test func reaperCannotBeChanged() throws {
        let copy = try Copy()
        let before = copy.state
        let fixture = try ShimFixture()
        let program = try fixture.program(["sh", "-c", "f=/proc/1/exe; \(Self.attack); echo done"]) {
            $0.process.reaper = true
            Self.tracing(&$0)
        }
        let shim = try StartedShim(fixture, program, shim: copy.path)
        #expect(shim.answer.error == nil)
        _ = try shim.exit()
        #expect(try shim.output() == "done\n")
        #expect(try shim.output("stderr").contains("Read-only file system"))
        #expect(copy.state == before)
    }

    /// The container's command is the program that is about to execute it, by a link of /proc.
    @Test func furtherProcessCannotBeChanged() throws {
        let copy = try Copy()
        let before = copy.state
        let running = try RunningContainer(
            executable: copy.path,
            image: { fixture in
                symlink("/proc/self/exe", fixture.directory + "/lower/bin/self")
            })
        let watcher = try running.enter(
            ["sh", "-c", "while :; do for f in /proc/[0-9]*/exe; do \(Self.attack); done; done"], (nil, nil, nil))
        for _ in 0..<40 { _ = try running.execute(["/bin/self", "--version"]) }
        try watcher.signal(SIGKILL)
        _ = try RunningContainer.code(of: watcher)
        #expect(copy.state == before)
        try running.end()
    }

    @Test func shimRunsFromWhatNobodyCanChange() throws {
        let copy = try Copy()
        let running = try RunningContainer(executable: copy.path)
        let shim = "/proc/\(try #require(running.shim.answer.shim))"
        #expect(chmod(shim + "/exe", 0o4777) == -1 && errno == EROFS)
        // It is found by its name all the same.
        #expect(try Files.readText(shim + "/comm") == "roost-shim\n")
        let kept = try OwnedDescriptor(open: shim + "/exe", .path)
        try running.end()
        // While it runs, its being executed alone would keep others from writing to it.
        let error = #expect(throws: KernelError.self) {
            _ = try OwnedDescriptor(open: "/proc/self/fd/\(kept.number)", .writeOnly)
        }
        #expect(error?.errno == EROFS)
    }

    @Test func copyInMemoryIsTheFallback() throws {
        let copy = try SealedExecutable.sealedCopy(of: ShimFixture.busybox)
        let path = "/proc/\(getpid())/fd/\(copy.number)"
        try {
            let writing = try OwnedDescriptor(open: path, .writeOnly)
            #expect(throws: KernelError.self) { try writing.writeAll([0]) }
        }()
        #expect(truncate(path, 0) == -1 && errno == EPERM)
        let output = try OwnedDescriptor.pipe()
        var spawn = Spawn(path, ["busybox", "echo", "runs"])
        spawn.standardStreams = (nil, output.writing.number, nil)
        let process = try ProcessDescriptor(pid: try spawn.start())
        #expect(try output.intoReading().readAll() == Array("runs\n".utf8))
        #expect(try process.reap(blocking: true) == .exited(0))
    }
}
