import Glibc
import Kernel
import Testing

@testable import Orchestration

@Suite struct PassedDescriptorsTests {
    /// New descriptors of a file in memory, to hand over.
    private static func opened(_ count: Int) throws -> [Int32] {
        try (0..<count).map { _ in try OwnedDescriptor.memory("passed", content: []).release() }
    }

    private static func isOpen(_ number: Int32) -> Bool { fcntl(number, F_GETFD) >= 0 }

    @Test func eachIsTakenOnce() throws {
        let numbers = try Self.opened(2)
        let passed = PassedDescriptors(taking: numbers)
        #expect(passed.take(1)?.number == numbers[1])
        #expect(passed.take(1)?.number == nil)
        #expect(passed.take(0)?.number == numbers[0])
        for place in [-1, 2, .max] { #expect(passed.take(place)?.number == nil) }
    }

    /// The table of descriptors is the whole process's: other tests open some meanwhile, so that only what is held counts.
    @Test func whatWasTakenOutlivesTheRest() throws {
        let (number, writing) = try OwnedDescriptor.pipe().release()
        let reading = OwnedDescriptor(taking: number)
        try reading.setNonBlocking(true)
        var passed: PassedDescriptors? = PassedDescriptors(taking: [writing, try #require(Self.opened(1).first)])
        let kept = passed?.take(1)?.release() ?? -1
        defer { close(kept) }
        passed = nil
        // Nobody has the writing end any more.
        var byte: UInt8 = 0
        #expect(read(reading.number, &byte, 1) == 0)
        #expect(Self.isOpen(kept))
    }
}
