import ControlAPI
import Glibc
import Kernel
import Testing

@testable import Commands

/// Supervisors here are shell scripts that do with the ready descriptor what the test says.
@Suite(.timeLimit(.minutes(5))) struct SupervisorStartTests {
    /// Runs the start with a script as the supervisor: the error, if any, and what the script wrote to `seen`.
    func start(_ script: String) throws -> (error: CommandFailure?, seen: String) {
        var template = Array("/tmp/roost-start-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CommandFailure("no directory for the test") }
        let directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        let locations = Locations(root: directory, runRoot: directory + "/run/roost")
        let program = directory + "/supervisor"
        let seen = directory + "/seen"
        defer {
            for path in [program, seen, locations.startLock, locations.supervisorLog] { unlink(path) }
            for path in [locations.runRoot, directory + "/run", directory] { rmdir(path) }
        }
        try Files.replace(
            program, with: Array("#!/bin/sh\n\(script.replacing("SEEN", with: seen))\n".utf8), mode: 0o755)
        do throws(CommandFailure) {
            try SupervisorStart(locations: locations, program: program).run()
        } catch {
            return (error, "")
        }
        return (nil, Files.exists(seen) ? try Files.readText(seen) : "")
    }

    @Test func returnsWhenTheSupervisorIsReady() throws {
        let (error, seen) = try start("echo \"$@\" > SEEN; printf r >&3")
        #expect(error == nil)
        #expect(seen.hasPrefix("--root /tmp/roost-start-"))
        #expect(seen.hasSuffix("/run/roost --ready-fd 3\n"))
    }

    @Test func theSupervisorLeadsASessionAndHasNoOtherDescriptors() throws {
        let (error, seen) = try start(
            "(ps -o sid= -p $$; echo $$; ls /proc/$$/fd) | tr -d ' ' | tr '\\n' ' ' > SEEN; printf r >&3")
        #expect(error == nil)
        let words = seen.split(separator: " ")
        #expect(words.count > 2 && words[0] == words[1])
        // The shell keeps its script open at 10 or above.
        #expect(words.dropFirst(2).filter { (Int($0) ?? 0) < 10 } == ["0", "1", "2", "3"])
    }

    @Test func aSupervisorThatDiesIsReportedWithItsLog() throws {
        let (error, _) = try start("for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo \"line $i\" >&2; done; exit 1")
        let lines = try #require(error).description.split(separator: "\n")
        #expect(lines[0].hasPrefix("the supervisor could not start; the end of /tmp/roost-start-"))
        #expect(lines.dropFirst().first == "  line 3")
        #expect(lines.last == "  line 12")
    }

    @Test func aProgramThatIsNotThereIsNamed() throws {
        let locations = Locations(root: "/tmp", runRoot: "/tmp/roost-start-none-\(getpid())")
        defer {
            unlink(locations.startLock)
            unlink(locations.supervisorLog)
            rmdir(locations.runRoot)
        }
        let error = #expect(throws: CommandFailure.self) {
            try SupervisorStart(locations: locations, program: "/nonexistent/roost").run()
        }
        #expect(error?.description.contains("/nonexistent/roost: no such file or directory") == true)
    }
}

extension String {
    /// Every occurrence of a word replaced.
    fileprivate func replacing(_ word: String, with other: String) -> String {
        var result = ""
        var rest = self[...]
        while let start = rest.indices.first(where: { rest[$0...].hasPrefix(word) }) {
            result += rest[..<start] + other
            rest = rest[start...].dropFirst(word.count)
        }
        return result + rest
    }
}
