import ControlAPI
import Testing

@testable import Commands

@Suite("Formats and flags")
struct FormatTests {
    @Test(
        "A flag may have a value, as in Go",
        arguments: [
            (["--all=true", "-q"], true, true), (["--all=false", "--quiet=1"], false, true),
            (["-a=t", "--quiet=F"], true, false), (["--all"], true, false),
        ])
    func flagValues(arguments: [String], all: Bool, quiet: Bool) throws {
        let command = try PsCommand.read(arguments)
        #expect(command.all == all)
        #expect(command.quiet == quiet)
    }

    @Test("A flag that is on by default is switched off by its value")
    func offByValue() throws {
        #expect(try PsCommand.read([]).orphans)
        #expect(try !PsCommand.read(["--orphans=false"]).orphans)
        #expect(throws: (any Error).self) { try PsCommand.read(["--all=maybe"]) }
    }

    @Test(
        "ps takes a Go template for each container",
        arguments: [
            ("{{.Name}}\\t{{.State}}", "web-1\trunning\n"),
            ("table {{.Name}}\\t{{.Service}}", "NAME      SERVICE\nweb-1     web\n"),
            ("{{json .Labels}}", "\"a=1,b=2\"\n"), ("{{.Label \"a\"}}", "1\n"),
            ("{{range .Publishers}}{{.PublishedPort}}{{end}}", "8080\n"),
        ])
    func template(format: String, expected: String) throws {
        let command = try PsCommand.read([])
        let containers = [container("web-1", ports: [port(80, 8080)])]
        #expect(try command.text(containers, format: ListFormat(option: format), now: noon) == expected)
    }

    @Test(
        "The sides of cp",
        arguments: [
            ("web:/etc", CopySide.container(service: "web", path: "/etc")), ("-", .stream), ("./a:b", .host("./a:b")),
            ("/a:b", .host("/a:b")), ("file", .host("file")), ("web:", .container(service: "web", path: "")),
        ])
    func sides(text: String, side: CopySide) { #expect(CopySide(text) == side) }

    @Test("Usage is shown as rates and sizes")
    func usage() {
        var before = ContainerUsage(
            id: String(repeating: "ab", count: 32), name: "web-1", service: "web", number: 1, time: 0)
        before.processorTime = 1_000_000_000
        var now = before
        now.time = 2_000_000_000
        now.processorTime = 2_000_000_000
        (now.memory, now.memoryLimit, now.processes) = (3 << 20, 1 << 30, 4)
        (now.received, now.sent, now.read) = (1_500, 126, 0)
        let row = UsageText(usage: now, before: before, truncated: true).row
        #expect(row == ["abababababab", "web-1", "50.00%", "3MiB / 1GiB", "0.29%", "1.5kB / 126B", "0B / 0B", "4"])
    }

    @Test("An event is told in Docker's words")
    func event() {
        let event = StackEvent(
            time: noon + 1_500, action: "die", id: "abc", stack: "shop", service: "web",
            attributes: ["name": "web-1", "image": "nginx", "exitCode": "3"])
        #expect(
            EventsCommand.text(event)
                == "2025-11-22 12:00:00.000001 container die abc (exitCode=3, image=nginx, name=web-1)\n")
        #expect(
            EventsCommand.json(event)
                == #"{"action":"die","attributes":{"exitCode":"3","image":"nginx","name":"web-1"},"id":"abc","#
                + #""service":"web","time":"2025-11-22T12:00:00.000001500Z","type":"container"}"# + "\n")
    }

    @Test("A mistyped command is told what was probably meant")
    func suggestion() {
        let error = #expect(throws: CommandFailure.self) { try CommandChoice("evnts", []) }
        #expect(error?.description == "unknown command \"evnts\" for \"roost\"; did you mean \"events\"?")
    }
}
