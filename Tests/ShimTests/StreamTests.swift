import Glibc
import Kernel
import Launching
import Testing

/// The standard streams of containers and of what enters them: none is a file of the host's.
@Suite(.enabled(if: ShimFixture.obstacle == nil, Comment(rawValue: ShimFixture.obstacle ?? "")))
struct StreamTests {
    @Test func callersFilesAreOutOfReach() throws {
        let running = try RunningContainer()
        let path = running.fixture.directory + "/input"
        try Files.replace(path, with: Array("content\n".utf8), mode: 0o600)
        let file = try OwnedDescriptor(open: path, .readWrite)
        let before = try file.status()
        let process = try running.enter(
            [
                "sh", "-c",
                "for f in 0 1 2; do busybox chmod 777 /proc/self/fd/$f; busybox chown 1 /proc/self/fd/$f; done; "
                    + "cat; echo more >&0",
            ], (file.number, nil, nil))
        #expect(try RunningContainer.code(of: process) != nil)
        #expect(try file.status() == before)
        #expect(try Files.readText(path) == "content\n")
        try running.end()
    }

    @Test func processWithoutInputHasTheContainersNull() throws {
        let running = try RunningContainer()
        let result = try running.execute(
            ["sh", "-c", "busybox stat -L -c %d:%i /proc/self/fd/0 /dev/null | busybox uniq | busybox wc -l; cat"],
            input: "not handed on"
        ) { $0.process.openStandardInput = false }
        #expect(result.output == "1\n")
        try running.end()
    }

    @Test(arguments: [0, 33] as [UInt32])
    func usersCanOpenTheirOwnStreams(_ user: UInt32) throws {
        let script = "echo out > /proc/self/fd/1; echo error > /proc/self/fd/2; echo null > /dev/null"
        let fixture = try ShimFixture()
        let shim = try StartedShim(fixture, try fixture.program(["sh", "-c", script]) { $0.process.user = user })
        #expect(try shim.exit().code == 0)
        #expect(try shim.output() == "out\n")
        #expect(try shim.output("stderr") == "error\n")
        let running = try RunningContainer()
        let result = try running.execute(["sh", "-c", script + "; cat < /proc/self/fd/0"], input: "in\n") {
            $0.process.user = user
        }
        #expect(result == (0, "out\nin\n", "error\n"))
        try running.end()
    }

    @Test func nullIsNotGivenToTheUser() throws {
        let fixture = try ShimFixture()
        let shim = try StartedShim(
            fixture, try fixture.program(["stat", "-c", "%u", "/dev/null"]) { $0.process.user = 33 })
        _ = try shim.exit()
        #expect(try shim.output() == "0\n")
    }

    @Test func whoHoldsTheStreamsIsNotWaitedFor() throws {
        let running = try RunningContainer()
        let output = try OwnedDescriptor.pipe()
        let process = try running.enter(
            ["sh", "-c", "sleep 1000 & echo started; exit 3"], (nil, output.writing.number, output.writing.number))
        // The caller reads to the end of its pipe, which a process that goes on must not hold.
        let reading = output.intoReading()
        #expect(try RunningContainer.code(of: process) == 3)
        try reading.setNonBlocking(true)
        #expect(try reading.readAll() == Array("started\n".utf8))
        try running.end()
    }

    @Test func writerThatNeverEndsIsNotWaitedFor() throws {
        let running = try RunningContainer()
        let result = try running.execute(["sh", "-c", "(trap '' PIPE; busybox yes) & exit 4"])
        #expect(result.code == 4)
        try running.end()
    }

    @Test func largeContentPassesWhole() throws {
        let running = try RunningContainer()
        let input = String(repeating: "0123456789abcde\n", count: 200_000)
        let result = try running.execute(["sh", "-c", "cat; echo end >&2"], input: input)
        #expect(result.output == input)
        #expect(result.errors == "end\n")
        try running.end()
    }

    @Test func orderIsKeptWhereBothGoToOneFile() throws {
        let running = try RunningContainer()
        let output = try OwnedDescriptor.memory("output")
        let process = try running.enter(
            ["sh", "-c", "for i in 1 2 3 4 5; do echo out $i; echo error $i >&2; done"],
            (nil, output.number, output.number))
        #expect(try RunningContainer.code(of: process) == 0)
        lseek(output.number, 0, SEEK_SET)
        let expected = (1...5).map { "out \($0)\nerror \($0)\n" }.joined()
        #expect(String(decoding: try output.readAll(), as: UTF8.self) == expected)
        try running.end()
    }

    @Test func endOfTheReaderIsTheWritersToo() throws {
        let running = try RunningContainer()
        let output = try OwnedDescriptor.pipe()
        let process = try running.enter(["busybox", "yes"], (nil, output.writing.number, nil))
        let reading = output.intoReading()
        #expect(try reading.waitReadable(milliseconds: 20_000))
        _ = consume reading
        #expect(try RunningContainer.code(of: process) == 128 + SIGPIPE)
        try running.end()
    }

    @Test func inputThatNobodyReadsIsNoObstacle() throws {
        let running = try RunningContainer()
        let input = String(repeating: "x", count: 1 << 20)
        #expect(try running.execute(["true"], input: input).code == 0)
        #expect(try running.execute(["sh", "-c", "exec <&-; sleep 0.1; echo on"], input: input).output == "on\n")
        try running.end()
    }

    @Test func endOfInputReachesTheProcessWhileItWrites() throws {
        let running = try RunningContainer()
        let input = try OwnedDescriptor.pipe()
        let output = try OwnedDescriptor.pipe()
        let process = try running.enter(
            ["sh", "-c", "cat; echo after"], (input.reading.number, output.writing.number, nil))
        let writing = input.intoWriting()
        try writing.writeAll(Array("one\n".utf8))
        let reading = output.intoReading()
        #expect(try reading.waitReadable(milliseconds: 20_000))
        _ = consume writing
        #expect(try reading.readAll() == Array("one\nafter\n".utf8))
        #expect(try RunningContainer.code(of: process) == 0)
        try running.end()
    }
}
