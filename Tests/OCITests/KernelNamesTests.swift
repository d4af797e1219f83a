import Testing

@testable import OCI

@Suite struct KernelNamesTests {
    @Test(
        arguments: [
            ("SIGTERM", 15), ("TERM", 15), ("term", 15), ("15", 15), ("SIGHUP", 1), ("SYS", 31), ("POLL", 29),
            ("SIGIOT", 6), ("CLD", 17), ("RTMIN", 34), ("SIGRTMIN+3", 37), ("RTMAX-30", 34), ("RTMAX", 64), ("64", 64),
            ("0", nil), ("65", nil), ("-1", nil), ("RTMIN+31", nil), ("RTMAX+1", nil), ("RTMIN+x", nil), ("", nil),
            ("SIG", nil), ("TERMX", nil),
        ] as [(String, Int32?)])
    func signals(_ text: String, _ number: Int32?) {
        #expect(KernelNames.signal(text) == number)
    }

    @Test(
        arguments: [
            ("CAP_SYS_ADMIN", "SYS_ADMIN"), ("sys_admin", "SYS_ADMIN"), ("all", "ALL"), ("CAP_ALL", "ALL"), ("", nil),
            ("CAP_", nil), ("SYSADMIN", nil),
        ] as [(String, String?)])
    func capabilities(_ text: String, _ name: String?) {
        #expect(KernelNames.capability(text) == name)
    }
}
