import StackModel
import Testing

@testable import Containers

@Suite struct ContainerNamesTests {
    private static let first = Samples.record(String(repeating: "a", count: 64))
    private static let second = Samples.record(String(repeating: "b", count: 64))
    private static let third = Samples.record(String(repeating: "c", count: 64))
    private static let name = first.name

    @Test func nameIsClaimedOnce() throws {
        var names = ContainerNames()
        #expect(names.holder(of: Self.name) == nil)
        try names.claim(Self.first)
        try names.claim(Self.first)
        #expect(names.holder(of: Self.name) == Self.first.id)
        let error = #expect(throws: ContainerError.self) { try names.claim(Self.second) }
        #expect(
            error?.description
                == "the container name \"shop-web-1\" is already in use by container aaaaaaaaaaaa of stack shop; "
                + "remove that or choose another container_name")
        names.release(Self.first)
        names.release(Self.first)
        #expect(names.holder(of: Self.name) == nil)
        try names.claim(Self.second)
        #expect(names.holder(of: Self.name) == Self.second.id)
    }

    @Test func otherNamesAreFree() throws {
        var names = ContainerNames()
        try names.claim(Self.first)
        try names.claim(Samples.record(String(repeating: "b", count: 64), number: 2))
    }

    @Test func replacementHasTheNameBesideItsPredecessor() throws {
        var names = ContainerNames()
        names.adopt(Self.first)
        try names.claim(Self.second, after: [Self.first.id])
        // Who asks for the name gets the newer one.
        #expect(names.holder(of: Self.name) == Self.second.id)
        #expect(throws: ContainerError.self) { try names.claim(Self.third, after: [Self.first.id]) }
        names.release(Self.first)
        #expect(names.holder(of: Self.name) == Self.second.id)
        #expect(throws: ContainerError.self) { try names.claim(Self.first) }
        names.release(Self.second)
        try names.claim(Self.first)
    }

    @Test func aReplacementThatFailsGivesTheNameBack() throws {
        var names = ContainerNames()
        names.adopt(Self.first)
        try names.claim(Self.second, after: [Self.first.id])
        names.release(Self.second)
        #expect(names.holder(of: Self.name) == Self.first.id)
        try names.claim(Self.third, after: [Self.first.id])
    }

    @Test func whatCantBeReadKeepsItsName() {
        var names = ContainerNames()
        names.reserve(Self.name, for: Self.second.id)
        let error = #expect(throws: ContainerError.self) { try names.claim(Self.first) }
        #expect(error?.description.contains("in use by container bbbbbbbbbbbb; remove that") == true)
        #expect(throws: ContainerError.self) { try names.claim(Self.first, after: [Self.third.id]) }
    }
}
