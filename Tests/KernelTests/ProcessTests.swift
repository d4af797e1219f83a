import Glibc
import Testing

@testable import Kernel

@Suite struct ProcessTests {
    @Test func identityTellsProcessesApart() throws {
        let own = try ProcessIdentity(pid: getpid())
        #expect(own.isAlive)
        #expect(!ProcessIdentity(pid: getpid(), startTime: own.startTime + 1).isAlive)
        #expect(throws: KernelError("find process", "4194305", errno: ESRCH)) { try ProcessIdentity(pid: 4_194_305) }
    }

    @Test func zombieIsNotAlive() throws {
        let pid = try Spawn("/bin/true", ["true"]).start()
        let process = try ProcessDescriptor(pid: pid)
        let identity = try ProcessIdentity(pid: pid)
        #expect(try process.waitForEnd(milliseconds: 5000))
        #expect(!identity.isAlive)
        #expect(try process.reap(blocking: true) == .exited(0))
    }

    @Test func namesWithParenthesesAndSpacesAreRead() {
        let tail = Array(repeating: "0", count: 17).joined(separator: " ")
        let status = ProcessIdentity.parse(stat: Array("12 (a) b (c)) S 1 \(tail) 777 5".utf8))
        #expect(status?.startTime == 777)
        #expect(status?.state == UInt8(ascii: "S"))
        #expect(ProcessIdentity.parse(stat: Array("12 (a".utf8)) == nil)
        #expect(ProcessIdentity.parse(stat: Array("12 (a) S 1".utf8)) == nil)
    }

    @Test func spawnedProgramHasExactlyItsDescriptors() throws {
        let output = try OwnedDescriptor.pipe()
        let extra = try OwnedDescriptor.memory("extra", content: Array("content".utf8))
        // Not close-on-exec, and yet not inherited.
        let leaked = dup(0)
        defer { close(leaked) }
        var spawn = Spawn("/bin/sh", ["sh", "-c", "cat <&5; echo; ls /proc/self/fd | tr '\\n' ' '; echo $A"])
        spawn.environment = ["A=b", "PATH=/bin:/usr/bin"]
        spawn.descriptors = [(extra.number, 5)]
        spawn.standardStreams.output = output.writing.number
        let pid = try spawn.start()
        let text = String(decoding: try output.intoReading().readAll(), as: UTF8.self)
        // 3 is the directory that ls reads.
        #expect(text == "content\n0 1 2 3 5 b\n")
        #expect(try ProcessDescriptor(pid: pid).reap(blocking: true) == .exited(0))
    }

    @Test func missingProgramIsAnError() {
        #expect(throws: KernelError("start", "/no/such", errno: ENOENT)) { try Spawn("/no/such", ["x"]).start() }
    }

    @Test func endingsHaveCodes() throws {
        let process = try ProcessDescriptor(pid: try Spawn("/bin/sleep", ["sleep", "1000"]).start())
        #expect(try process.reap(blocking: false) == nil)
        try process.signal(SIGTERM)
        let ending = try #require(try process.reap(blocking: true))
        #expect(ending == .killed(signal: SIGTERM))
        #expect(ending.code == 143)
    }

    @Test func mountFlagsBecomeAttributes() {
        #expect(MountAttributes(mountFlags: 1 | 2 | 4 | 8) == [.readOnly, .noSUID, .noDevices, .noExecute])
        #expect(MountAttributes(mountFlags: 1024 | 1 << 24) == [.noAccessTime, .strictAccessTime])
        #expect(Mounts.escaped(#"/a:b\c"#) == #"/a\:b\\c"#)
    }
}
