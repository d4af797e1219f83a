import Diagnostics
import Testing

@testable import StackFile

/// What Compose's `config` takes and a start could not carry out.
struct FaultTests {
    private func load(_ text: String) throws -> LoadedStack {
        let directory = try ProjectDirectory(["compose.yaml": text])
        return try StackLoader.load(ComposeCase("", "").request(in: directory.path))
    }

    static let faults: [(attribute: String, messages: [String])] = [
        (
            "cap_add: [FLY]",
            ["compose.yaml:4:15: services.web.cap_add[0]: \"FLY\" is no capability; `man 7 capabilities` lists them"]
        ),
        (
            "cap_drop: [ALL, CAP_NET_ADMN]",
            [
                "compose.yaml:4:21: services.web.cap_drop[1]: \"CAP_NET_ADMN\" is no capability; "
                    + "did you mean \"CAP_NET_ADMIN\"?"
            ]
        ),
        (
            "stop_signal: SIGTREM",
            [
                "compose.yaml:4:18: services.web.stop_signal: \"SIGTREM\" is no signal; did you mean \"SIGTERM\"?"
            ]
        ),
        (
            "stop_signal: \"65\"",
            ["compose.yaml:4:18: services.web.stop_signal: \"65\" is no signal; use a name like SIGTERM, or a number"]
        ),
        (
            "ulimits: {nofiles: 3}",
            [
                "compose.yaml:4:15: services.web.ulimits: \"nofiles\" is no resource limit; did you mean \"nofile\"?"
            ]
        ),
        (
            "ulimits: {core: {soft: -1, hard: 5}}",
            ["compose.yaml:4:28: services.web.ulimits.core: the soft limit -1 is above the hard one, 5"]
        ),
        (
            "sysctls: [\"a b=1\"]",
            [
                "compose.yaml:4:15: services.web.sysctls: \"a b\" is no kernel parameter; "
                    + "write it like net.core.somaxconn"
            ]
        ),
        (
            "sysctls: {net/../../x: 1}",
            [
                "compose.yaml:4:15: services.web.sysctls: \"net/../../x\" is no kernel parameter; "
                    + "write it like net.core.somaxconn"
            ]
        ),
        ("user: a:b:c", ["compose.yaml:4:11: services.web.user: \"a:b:c\" is not USER or USER:GROUP"]),
        (
            "user: \"0:99999999999\"",
            ["compose.yaml:4:11: services.web.user: \"99999999999\" is no id: the largest is 4294967294"]
        ),
        (
            "user: \"0:\"\n    cap_add: [A]\n    cap_drop: [B]",
            [
                "compose.yaml:5:15: services.web.cap_add[0]: \"A\" is no capability; `man 7 capabilities` lists them",
                "compose.yaml:6:16: services.web.cap_drop[0]: \"B\" is no capability; `man 7 capabilities` lists them",
                "compose.yaml:4:11: services.web.user: \"0:\" is not USER or USER:GROUP",
            ]
        ),
    ]

    @Test(arguments: faults)
    func fault(example: (attribute: String, messages: [String])) throws {
        let loaded = try load("services:\n  web:\n    image: x\n    \(example.attribute)\n")
        #expect(loaded.faults.map(\.description) == example.messages)
        #expect(loaded.faults.allSatisfy { $0.severity == .error })
        #expect(loaded.warnings.isEmpty)
    }

    @Test(arguments: [
        "cap_add: [net_admin, CAP_SYS_TIME, ALL, Cap_Bpf]", "stop_signal: SIGTERM", "stop_signal: term",
        "stop_signal: \"64\"", "stop_signal: SIGRTMIN+3", "stop_signal: RTMAX-30", "stop_signal: SIGRTMIN",
        "ulimits: {nofile: {soft: 10, hard: -1}, NPROC: 3}", "ulimits: {rtprio: {soft: -1, hard: -1}}",
        "sysctls: {net.core.somaxconn: 1, net/ipv4/conf/eth0.1/forwarding: 1, kernel.shm_rmid_forced: 1}",
        "user: \"1000:1000\"", "user: www-data:adm", "user: \":5\"", "user: \"\"",
    ])
    func noFault(attribute: String) throws {
        #expect(try load("services:\n  web:\n    image: x\n    \(attribute)\n").faults == [])
    }

    @Test(arguments: ["stop_signal: RTMIN+31", "stop_signal: RTMAX+1", "stop_signal: \"0\"", "stop_signal: SIG"])
    func notASignal(attribute: String) throws {
        #expect(try load("services:\n  web:\n    image: x\n    \(attribute)\n").faults.count == 1)
    }

    @Test(arguments: [
        ("UPPER:v1", true), ("example.test/UPPER", true), ("a//b", true), ("::::", true), ("x:-tag", true),
        ("x@sha256:12", true), ("oci:", true), ("docker-archive::v1", true), ("redis", false), ("a/b:c", false),
        ("localhost:5000/x@sha256:\(String(repeating: "0", count: 64))", false), ("oci:./A B", false),
        ("oci-archive:X.tar:Tag", false), ("docker-archive:X.tar", false),
        // Upper case makes the first part a registry's name.
        ("UPPER/case:v1", false),
    ])
    func images(name: String, isFault: Bool) throws {
        let faults = try load("services:\n  web:\n    image: \"\(name)\"\n").faults
        #expect(faults.map(\.position) == (isFault ? [Position(file: "compose.yaml", line: 3, column: 12)] : []))
        #expect(faults.allSatisfy { $0.path == "services.web.image" })
    }

    @Test func onlyEnabledServicesHaveFaults() throws {
        #expect(
            try load("services: {a: {image: x}, b: {image: X, profiles: [p]}}").faults == [])
    }
}
