import Kernel
import Testing

@testable import Containers

@Suite struct SeccompCacheTests {
    private static func profile(_ action: String) -> [UInt8] {
        Array(#"{"defaultAction":"\#(action)","syscalls":[]}"#.utf8)
    }

    @Test func oneFilterServesManyContainers() async throws {
        let cache = SeccompCache()
        #expect(try await cache.filter(for: .unconfined, capabilities: []) == [])
        let first = try await cache.filter(for: .standard, capabilities: [])
        #expect(!first.isEmpty)
        #expect(try await cache.filter(for: .standard, capabilities: []) == first)
        // With the right to trace others, more calls are allowed.
        #expect(try await cache.filter(for: .standard, capabilities: ["CAP_SYS_ADMIN"]) != first)
        #expect(try await cache.filter(for: .standard, capabilities: []) == first)
    }

    @Test func anEditedProfileCountsAtTheNextStart() async throws {
        let place = try TemporaryDirectory()
        let path = place.path + "/profile.json"
        let cache = SeccompCache()
        try Files.replace(path, with: Self.profile("SCMP_ACT_ALLOW"))
        let allowing = try await cache.filter(for: .file(path), capabilities: [])
        try Files.replace(path, with: Self.profile("SCMP_ACT_ERRNO"))
        #expect(try await cache.filter(for: .file(path), capabilities: []) != allowing)
        try Files.replace(path, with: Self.profile("SCMP_ACT_ALLOW"))
        #expect(try await cache.filter(for: .file(path), capabilities: []) == allowing)
    }

    @Test func aProfileThatCannotBeUsedIsNamed() async throws {
        let place = try TemporaryDirectory()
        let path = place.path + "/profile.json"
        let cache = SeccompCache()
        let missing = await #expect(throws: BundleError.self) {
            try await cache.filter(for: .file(path), capabilities: [])
        }
        #expect(missing.map { "\($0)".hasPrefix("security_opt: seccomp profile \(path): ") } == true)
        for content in ["", "[]", #"{"defaultAction":7}"#] {
            try Files.replace(path, with: Array(content.utf8))
            let damaged = await #expect(throws: BundleError.self) {
                try await cache.filter(for: .file(path), capabilities: [])
            }
            #expect(damaged.map { "\($0)" } == "security_opt: \(path) is no seccomp profile in Docker's JSON form")
        }
    }
}
