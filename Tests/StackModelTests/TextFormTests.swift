import Addressing
import StackModel
import Testing

@Suite struct SignalTests {
    @Test(
        arguments: [
            ("SIGTERM", 15), ("TERM", 15), ("term", 15), ("sigterm", 15), ("15", 15), ("9", 9), ("64", 64), ("1", 1),
            ("SIGKILL", 9), ("SIGUSR2", 12), ("WINCH", 28), ("RTMIN", 34), ("SIGRTMIN+3", 37), ("rtmin+15", 49),
            ("RTMAX", 64), ("SIGRTMAX-2", 62), ("RTMAX-0", 64), ("SIGIOT", 6), ("POLL", 29),
        ] as [(String, Int32)])
    func namesAndNumbersAreSignals(_ text: String, _ number: Int32) {
        #expect(Signal(text)?.number == number)
    }

    @Test(arguments: [
        "", "SIG", "0", "65", "-9", "FUN", "RTMIN+31", "RTMIN-1", "RTMAX+1", "RTMAX-31", "RTMIN+x", "SIG 9",
    ])
    func theRestIsNone(_ text: String) { #expect(Signal(text) == nil) }

    @Test func everyNumberHasATextThatIsReadBack() {
        for number in Int32(1)...64 {
            #expect(Signal(number: number).flatMap { Signal($0.description) }?.number == number)
        }
        #expect(Signal(number: 0) == nil && Signal(number: 65) == nil)
        #expect(Signal.terminate.description == "SIGTERM" && Signal("37")?.description == "SIGRTMIN+3")
    }
}

@Suite struct SecurityOptionTests {
    @Test(
        arguments: [
            ("no-new-privileges", .noNewPrivileges(true)), ("no-new-privileges:true", .noNewPrivileges(true)),
            ("no-new-privileges=false", .noNewPrivileges(false)), ("seccomp:unconfined", .seccomp(.unconfined)),
            ("seccomp=builtin", .seccomp(.builtin)), ("seccomp:/etc/a=b:c.json", .seccomp(.profile("/etc/a=b:c.json"))),
            ("seccomp=own.json", .seccomp(.profile("own.json"))), ("systempaths=unconfined", .systemPathsUnconfined),
            ("apparmor:docker-default", .appArmor("docker-default")), ("label=type:t", .label("type:t")),
            ("", .unknown("")), ("fun", .unknown("fun")), ("seccomp", .unknown("seccomp")),
            ("seccomp=", .unknown("seccomp=")), ("no-new-privileges:maybe", .unknown("no-new-privileges:maybe")),
            ("no-new-privileges=", .unknown("no-new-privileges=")),
            ("systempaths=hidden", .unknown("systempaths=hidden")), ("=x", .unknown("=x")),
        ] as [(String, SecurityOption)])
    func textsAreOptions(_ text: String, _ option: SecurityOption) {
        #expect(SecurityOption(text) == option)
        #expect(SecurityOption(option.description) == option)
    }

    @Test func onlyWhatAContainerHasAnywayHasEffectWithoutTheModule() {
        #expect(SecurityOption("apparmor=unconfined").hasEffect && SecurityOption("label=disable").hasEffect)
        #expect(!SecurityOption("apparmor=strict").hasEffect && !SecurityOption("label=user:u").hasEffect)
    }
}

@Suite struct OtherTextTests {
    @Test func hostsHaveANameAndAnAddress() throws {
        let address = try #require(IPAddress("fd00::1"))
        #expect(ExtraHost("db=fd00::1") == ExtraHost(name: "db", address: .address(address)))
        #expect(ExtraHost("db=[fd00::1]")?.description == "db=fd00::1")
        #expect(ExtraHost("h=host-gateway") == ExtraHost(name: "h", address: .hostGateway))
        for text in ["", "h", "h=", "h=x", "h:1.2.3.4", "h=1.2.3.400"] { #expect(ExtraHost(text) == nil) }
    }

    @Test(arguments: [("0", 0), ("70", 70), ("4294967294", 4_294_967_294)] as [(String, UInt32)])
    func idsAreNumbers(_ text: String, _ number: UInt32) { #expect(NumericID(text)?.number == number) }

    @Test(arguments: ["", "-1", "+1", "1.0", "root", "4294967295", "4294967296"])
    func theRestIsNoID(_ text: String) { #expect(NumericID(text) == nil) }
}
