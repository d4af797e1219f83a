import Glibc
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
        let error = #expect(throws: ContainerError.self) { try SignalName.number(text) }
        #expect(error?.description == "\"\(text)\" is no signal; use a name as SIGTERM or a number")
    }
}
