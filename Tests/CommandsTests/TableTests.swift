import ControlAPI
import Testing

@testable import Commands

/// The fixed instant of these tests: 2025-11-22T12:00:00Z.
let noon: Int64 = 1_763_812_800_000_000_000

func nanoseconds(before: Int64) -> Int64 { noon - before * 1_000_000_000 }

func container(
    _ name: String, service: String = "web", state: String = "running", health: String = "", exitCode: Int32 = 0,
    command: String = "nginx -g 'daemon off;'", age: Int64 = 125, ports: [PortSummary] = []
) -> ContainerSummary {
    ContainerSummary(
        id: String(repeating: "0123456789abcdef", count: 4), name: name, stack: "shop", service: service, number: 1,
        image: "nginx:1.27", command: command, state: state, health: health, exitCode: exitCode,
        created: nanoseconds(before: age), started: nanoseconds(before: age - 5), finished: nanoseconds(before: 3),
        ports: ports, labels: ["b": "2", "a": "1"], networks: ["shop_default"], mounts: ["shop_data", "/srv/html"],
        pid: 42)
}

func port(
    _ target: UInt16, _ published: UInt16 = 0, _ url: String = "0.0.0.0", _ transport: String = "tcp"
)
    -> PortSummary
{
    PortSummary(url: published == 0 ? "" : url, targetPort: target, publishedPort: published, protocol: transport)
}

@Suite struct TableTests {
    @Test func psTable() throws {
        let command = try PsCommand.read([])
        let containers = [
            container("shop-db-1", service: "db", health: "healthy", command: "postgres"),
            container("shop-web-1", ports: [port(80, 8080), port(80, 8080, "::")]),
        ]
        #expect(
            try command.text(containers, format: .table, now: noon) == """
                NAME         IMAGE        COMMAND                  SERVICE   CREATED         STATUS                   PORTS
                shop-db-1    nginx:1.27   "postgres"               db        2 minutes ago   Up 2 minutes (healthy)   \n\
                shop-web-1   nginx:1.27   "nginx -g 'daemon of…"   web       2 minutes ago   Up 2 minutes             \
                0.0.0.0:8080->80/tcp, [::]:8080->80/tcp

                """)
    }

    @Test func psWithoutContainersHasItsHeaders() throws {
        let command = try PsCommand.read([])
        #expect(
            try command.text([], format: .table, now: noon)
                == "NAME      IMAGE     COMMAND   SERVICE   CREATED   STATUS    PORTS\n")
    }

    @Test func psJSON() throws {
        let command = try PsCommand.read([])
        let line = try command.text([container("shop-web-1", ports: [port(80, 8080)])], format: .json, now: noon)
        #expect(
            line == #"""
                {"Command":"\"nginx -g 'daemon of…\"","CreatedAt":"2025-11-22 11:57:55 +0000 UTC","ExitCode":0,"Health":"",\#
                "ID":"0123456789ab","Image":"nginx:1.27","Labels":"a=1,b=2","LocalVolumes":"1",\#
                "Mounts":"shop_data,/srv/html","Name":"shop-web-1","Names":"shop-web-1","Networks":"shop_default",\#
                "Ports":"0.0.0.0:8080->80/tcp","Project":"shop","Publishers":[{"URL":"0.0.0.0","TargetPort":80,\#
                "PublishedPort":8080,"Protocol":"tcp"}],"RunningFor":"2 minutes ago","Service":"web","Size":"0B",\#
                "State":"running","Status":"Up 2 minutes"}

                """#)
    }

    @Test(arguments: [
        ([], ["db-1", "web-1", "web-2"]), (["-a"], ["db-1", "old-1", "web-1", "web-2"]), (["web"], ["web-1", "web-2"]),
        (["--status", "exited"], ["old-1"]),
        (["--status=running", "--status", "exited", "-q"], ["db-1", "old-1", "web-1"]),
    ])
    func psSelects(_ arguments: [String], _ names: [String]) throws {
        let command = try PsCommand.read(arguments)
        let all = [
            container("web-2", state: "restarting"), container("web-1"), container("db-1", service: "db"),
            container("old-1", service: "old", state: "exited"),
        ]
        #expect(command.select(all, states: command.status).map(\.name) == names)
    }

    @Test(arguments: [
        ("running", "", Int32(0), "Up 2 minutes"), ("running", "starting", 0, "Up 2 minutes (health: starting)"),
        ("running", "unhealthy", 0, "Up 2 minutes (unhealthy)"), ("exited", "", 137, "Exited (137) 3 seconds ago"),
        ("restarting", "", 1, "Restarting (1) 3 seconds ago"), ("created", "", 0, "Created"), ("dead", "", 0, "Dead"),
    ])
    func status(_ state: String, _ health: String, _ code: Int32, _ text: String) {
        let summary = container("a", state: state, health: health, exitCode: code)
        #expect(ContainerText(container: summary, now: noon).status == text)
    }

    @Test(arguments: [
        ([port(80)], "80/tcp"), ([port(81), port(80), port(443)], "80-81/tcp, 443/tcp"),
        ([port(80, 80), port(81, 81)], "0.0.0.0:80-81->80-81/tcp"),
        ([port(53, 5353, "127.0.0.1", "udp"), port(9000)], "9000/tcp, 127.0.0.1:5353->53/udp"),
        ([port(65535), port(65535)], "65535/tcp"), ([], ""),
    ])
    func ports(_ ports: [PortSummary], _ text: String) { #expect(PortText(ports).text == text) }

    @Test func lsShowsStates() throws {
        let command = try LsCommand.read([])
        let stacks = [
            StackSummary(name: "shop", states: ["running": 2, "exited": 1], files: ["/srv/compose.yaml"]),
            StackSummary(name: "old", states: ["exited": 1], files: []),
        ]
        let running = command.select(stacks, names: [])
        #expect(
            try command.text(running, format: .table) == """
                NAME                STATUS                  CONFIG FILES
                shop                exited(1), running(2)   /srv/compose.yaml

                """)
        #expect(
            try LsCommand.read(["-a"]).text(stacks, format: .json) == """
                [{"Name":"shop","Status":"exited(1), running(2)","ConfigFiles":"/srv/compose.yaml"},\
                {"Name":"old","Status":"exited(1)","ConfigFiles":"N/A"}]

                """)
        #expect(try LsCommand.read(["-a", "-q"]).select(stacks, names: ["ho"]).map(\.name) == ["shop"])
    }

    @Test func imagesTable() throws {
        let image = ContainerImageSummary(
            container: "shop-web-1", repository: "nginx", tag: "1.27", id: "sha256:0123456789abcdef",
            platform: "linux/amd64", size: 7_834_567, created: 0)
        let command = try ImagesCommand.read([])
        #expect(
            try command.text([image], format: .table, now: noon) == """
                CONTAINER           REPOSITORY          TAG                 PLATFORM            IMAGE ID            SIZE                CREATED
                shop-web-1          nginx               1.27                linux/amd64         0123456789ab        7.83MB              N/A

                """)
        #expect(try ImagesCommand.read(["-q"]).text([image, image], format: .table, now: noon) == "0123456789abcdef\n")
        #expect(
            try command.text([image], format: .json, now: noon) == """
                [{"ID":"sha256:0123456789abcdef","ContainerName":"shop-web-1","Repository":"nginx","Tag":"1.27",\
                "Platform":"linux/amd64","Size":7834567}]

                """)
    }

    @Test func versionForms() throws {
        #expect(try VersionCommand.text(format: nil, short: false) == "Roost version v\(roostVersion)")
        #expect(try VersionCommand.text(format: "json", short: false) == "{\"version\":\"v\(roostVersion)\"}")
        #expect(try VersionCommand.text(format: nil, short: true) == roostVersion)
        #expect(throws: CommandFailure.self) { try VersionCommand.text(format: "xml", short: false) }
    }
}
