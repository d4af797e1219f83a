import Glibc
import NIOHTTP1
import StackModel
import Testing

@testable import Containers

@Suite struct SecurityOptionsTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        var options: [SecurityOption]
        var noNewPrivileges = false
        var seccomp = SecurityOptions.Filter.standard
        var systemPathsVisible = false

        var testDescription: String { "\(options)" }
    }

    @Test(arguments: [
        Sample(options: []),
        Sample(options: [.noNewPrivileges(true)], noNewPrivileges: true),
        Sample(options: [.noNewPrivileges(true), .noNewPrivileges(false)]),
        Sample(options: [.seccomp(.unconfined)], seccomp: .unconfined),
        Sample(options: [.seccomp(.unconfined), .seccomp(.builtin)]),
        Sample(options: [.seccomp(.profile("/etc/c.json"))], seccomp: .file("/etc/c.json")),
        Sample(options: [.seccomp(.profile("own.json"))], seccomp: .file("/srv/shop/own.json")),
        Sample(options: [.systemPathsUnconfined], systemPathsVisible: true),
        Sample(options: [.appArmor("unconfined"), .label("type:t")]),
    ])
    func theLastOfEachCounts(_ sample: Sample) throws {
        let options = try SecurityOptions(sample.options, directory: "/srv/shop")
        #expect(options.noNewPrivileges == sample.noNewPrivileges)
        #expect(options.seccomp == sample.seccomp)
        #expect(options.systemPathsVisible == sample.systemPathsVisible)
    }

    @Test func unknownOptionsAreRefused() {
        let error = #expect(throws: BundleError.self) { try SecurityOptions([.unknown("fun")], directory: "/") }
        #expect(error?.description == "security_opt: \"fun\" is not known; see the Compose specification")
    }
}

@Suite struct SignalNameTests {
    @Test(arguments: ["", "FUN"])
    func whatIsNoneIsRefused(_ text: String) {
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
