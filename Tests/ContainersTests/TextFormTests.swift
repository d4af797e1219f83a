import Glibc
import NIOHTTP1
import Testing

@testable import Containers

@Suite struct SecurityOptionsTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        var options: [String]
        var noNewPrivileges = false
        var seccomp = SecurityOptions.Filter.standard
        var systemPathsVisible = false
        var ignored: [String] = []

        var testDescription: String { "\(options)" }
    }

    @Test(arguments: [
        Sample(options: []),
        Sample(options: ["no-new-privileges"], noNewPrivileges: true),
        Sample(options: ["no-new-privileges:true"], noNewPrivileges: true),
        Sample(options: ["no-new-privileges=true"], noNewPrivileges: true),
        Sample(options: ["no-new-privileges:true", "no-new-privileges:false"]),
        Sample(options: ["seccomp:unconfined"], seccomp: .unconfined),
        Sample(options: ["seccomp=unconfined"], seccomp: .unconfined),
        Sample(options: ["seccomp=unconfined", "seccomp=builtin"]),
        Sample(options: ["seccomp:/etc/a=b:c.json"], seccomp: .file("/etc/a=b:c.json")),
        Sample(options: ["seccomp=own.json"], seccomp: .file("/srv/shop/own.json")),
        Sample(options: ["systempaths=unconfined"], systemPathsVisible: true),
        Sample(
            options: ["apparmor:unconfined", "label=type:t"], ignored: ["apparmor:unconfined", "label=type:t"]),
    ])
    func optionsAreTakenApart(_ sample: Sample) throws {
        let options = try SecurityOptions(sample.options, directory: "/srv/shop")
        #expect(options.noNewPrivileges == sample.noNewPrivileges)
        #expect(options.seccomp == sample.seccomp)
        #expect(options.systemPathsVisible == sample.systemPathsVisible)
        #expect(options.ignored == sample.ignored)
    }

    @Test(arguments: ["", "fun", "seccomp", "seccomp=", "no-new-privileges:maybe", "systempaths=hidden", "=x"])
    func unknownOptionsAreRefused(_ option: String) {
        let error = #expect(throws: BundleError.self) { try SecurityOptions([option], directory: "/") }
        #expect(error?.description == "security_opt: \"\(option)\" is not known; see the Compose specification")
    }
}

@Suite struct SignalNameTests {
    @Test(
        arguments: [
            ("SIGTERM", 15), ("TERM", 15), ("term", 15), ("sigterm", 15), ("15", 15), ("9", 9), ("64", 64), ("1", 1),
            ("SIGKILL", 9), ("SIGUSR2", 12), ("WINCH", 28), ("RTMIN", 34), ("SIGRTMIN+3", 37), ("rtmin+15", 49),
            ("RTMAX", 64), ("SIGRTMAX-2", 62), ("RTMAX-0", 64),
        ] as [(String, Int32)])
    func namesAndNumbersAreSignals(_ text: String, _ number: Int32) throws {
        #expect(try SignalName.number(text) == number)
    }

    @Test(arguments: [
        "", "SIG", "0", "65", "-9", "FUN", "RTMIN+31", "RTMIN-1", "RTMAX+1", "RTMAX-31", "RTMIN+x", "SIG 9",
    ])
    func restIsRefused(_ text: String) {
        let error = #expect(throws: OperationError.self) { try SignalName.number(text) }
        #expect(error?.description == "\"\(text)\" is no signal; use a name as SIGTERM or a number")
    }

    @Test func missingProcessIsTakenToHandleEverything() {
        #expect(SignalName.isHandled(15, by: -1))
    }
}

@Suite struct ControlRequestTests {
    private static func request(_ uri: String) -> ControlRequest { ControlRequest(method: .GET, uri: uri, body: []) }

    @Test(arguments: [
        ("/v1/stacks/shop/up", ["v1", "stacks", "shop", "up"]), ("/", []), ("", []), ("//v1//", ["v1"]),
        ("/v1/stacks/a%20b", ["v1", "stacks", "a b"]),
        // An encoded slash doesn't separate.
        ("/v1/containers/a%2Fb", ["v1", "containers", "a/b"]), ("/%C3%A4", ["ä"]), ("/%c3%a4", ["ä"]),
        ("/a%", ["a%"]), ("/a%2", ["a%2"]), ("/a%zz", ["a%zz"]), ("/a+b", ["a+b"]), ("/%25", ["%"]),
        ("/v1?x=/y", ["v1"]),
    ])
    func pathsAreTakenApart(_ uri: String, _ segments: [String]) {
        #expect(Self.request(uri).segments == segments)
    }

    @Test func signsAreNoDigits() {
        #expect(Self.request("/%+5").segments == ["%+5"])
    }

    @Test func queriesAreTakenApart() {
        let request = Self.request("/v1/stacks/shop/logs?service=a&service=b%26c&tail=5&follow&empty=&x=1=2&tail=6?7")
        #expect(request.path == "/v1/stacks/shop/logs")
        #expect(request.values("service") == ["a", "b&c"])
        #expect(request.value("service") == "b&c")
        #expect(request.value("tail") == "6?7")
        #expect(request.value("follow") == "")
        #expect(request.value("empty") == "")
        #expect(request.value("x") == "1=2")
        #expect(request.value("missing") == nil)
        #expect(request.values("missing") == [])
    }
}
