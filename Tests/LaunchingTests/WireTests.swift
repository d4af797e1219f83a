import Testing

@testable import Launching

@Suite struct WireTests {
    @Test(arguments: samplePrograms())
    func programSurvivesTheWire(_ program: LaunchProgram) throws {
        #expect(try LaunchProgram(wire: program.wire) == program)
    }

    @Test func otherRecordsSurviveTheWire() throws {
        #expect(try ExecProgram(wire: sampleExec.wire) == sampleExec)
        let failure = LaunchFailure("why \"é\"", step: "inside[3]", code: 126, errno: 13)
        #expect(try LaunchFailure(wire: failure.wire) == failure)
    }

    @Test func everyPrefixIsAnError() throws {
        let wire = samplePrograms()[0].wire
        for count in 0..<wire.count {
            #expect(throws: WireError.self) { try LaunchProgram(wire: Array(wire.prefix(count))) }
        }
        #expect(throws: WireError.self) { try LaunchProgram(wire: wire + [0]) }
    }

    /// Damaged bytes give a program or an error, but never a trap.
    @Test func damagedBytesDoNoHarm() {
        let wire = samplePrograms()[0].wire
        var generator = SplitMix(state: 42)
        var refused = 0
        for _ in 0..<20_000 {
            var damaged = wire
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0..<damaged.count, using: &generator)
                damaged[index] = UInt8.random(in: 0...255, using: &generator)
            }
            do throws(WireError) {
                _ = try LaunchProgram(wire: damaged)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 1000)
    }

    @Test func otherVersionAndKindAreNamed() {
        var wire = samplePrograms()[1].wire
        #expect(throws: WireError(offset: 0, problem: "another kind of content")) { try ExecProgram(wire: wire) }
        wire[1] = 99
        #expect(throws: WireError(offset: 1, problem: "version 99, not 2")) { try LaunchProgram(wire: wire) }
    }
}

/// A small generator with a seed, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
