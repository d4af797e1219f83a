import Testing

@testable import Commands

@Suite struct DetachKeysTests {
    @Test(arguments: [
        ("ctrl-p,ctrl-q", "ab\u{10}\u{11}c", "ab", true), ("ctrl-p,ctrl-q", "a\u{10}b", "a\u{10}b", false),
        ("ctrl-p,ctrl-q", "\u{10}\u{10}\u{11}", "\u{10}", true), ("a,b", "xab", "x", true),
        ("", "\u{10}\u{11}", "\u{10}\u{11}", false), ("ctrl-@", "x\u{0}", "x", true),
    ])
    func keysAreTakenOut(_ text: String, _ typed: String, _ passed: String, _ isDetached: Bool) throws {
        var keys = try DetachKeys(parsing: text)
        let result = keys.filter(Array(typed.utf8)[...])
        #expect(String(decoding: result.passed, as: UTF8.self) == passed)
        #expect(result.isDetached == isDetached)
    }

    @Test func keysMayComeOneByOne() throws {
        var keys = DetachKeys.standard
        let first = keys.filter([0x61, 0x10])
        #expect(first == (passed: [0x61], isDetached: false))
        let second = keys.filter([0x11])
        #expect(second == (passed: [], isDetached: true))
    }

    @Test(arguments: ["ctrl-", "ctrl-1", "abc", "strg-a"]) func whatIsNoKeyIsRefused(_ text: String) {
        #expect(throws: CommandFailure.self) { try DetachKeys(parsing: text) }
    }
}
