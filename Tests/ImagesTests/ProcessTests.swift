import Glibc
import Images
import Kernel
import OCI
import Testing

/// The store under whole processes: many at once, and some that are killed.
@Suite(
    .enabled(if: RegistryFixture.isInstalled, "docker-registry, skopeo and root's rights are needed"),
    .enabled(if: Files.exists(Workbench.roost), "roost is built"), .serialized)
struct ProcessTests {
    private let bench: Workbench
    private let registry: RegistryFixture
    private let layout: LayoutFixture

    init() throws {
        bench = try Workbench()
        registry = try RegistryFixture(bench)
        var layout = try LayoutFixture("\(bench.path)/layout")
        let layers = (0..<3).map { number in
            LayerFixture.files([
                "large-\(number)": (0..<200_000).map { "\($0 &* (number + 2_654_435_761))" }.joined(separator: " ")
            ])
        }
        try layout.add(layers, tag: "1")
        try registry.push(layout.path, "1", as: "app:1")
        self.layout = layout
    }

    private func pull() throws -> ProcessDescriptor {
        let spawn = Spawn(
            Workbench.roost,
            [
                Workbench.roost, "--root", "\(bench.path)/root", "--run-root", "\(bench.path)/run", "image", "pull",
                "-q",
                "\(registry.address)/app:1",
            ])
        return try ProcessDescriptor(pid: try spawn.start())
    }

    private func end(_ process: borrowing ProcessDescriptor) throws -> Int32 {
        guard try process.waitForEnd(milliseconds: 120_000), let ending = try process.reap(blocking: true) else {
            try process.signal(SIGKILL)
            return -1
        }
        return ending.code
    }

    @Test func manyProcessesFetchEachBlobOnce() async throws {
        let processes = try (0..<24).map { _ in Held(try pull()) }
        for process in processes { #expect(try end(process.process) == 0) }
        let requests = try registry.blobRequests()
        #expect(requests.count == 4 && requests.values.allSatisfy { $0 == 1 }, "\(requests)")
        let store = try bench.store()
        #expect(try await store.check().isClean && store.list().count == 1)
    }

    /// Wherever a pull is killed, the store is sound, and the next pull goes on.
    @Test func aKilledPullLeavesASoundStore() async throws {
        var random = Seeded(state: 4)
        for round in 0..<12 {
            let process = try pull()
            let ended = try process.waitForEnd(milliseconds: Int32(random.next() % 700))
            if !ended { try process.signal(SIGKILL) }
            _ = try process.reap(blocking: true)
            let found = try await bench.store().check()
            #expect(found.problems.isEmpty, "round \(round): \(found.problems)")
        }
        #expect(try end(try pull()) == 0)
        let store = try bench.store()
        #expect(try await store.check().isClean && store.list().count == 1)
        #expect(try Directory.names(in: "\(bench.path)/root/tmp").isEmpty)
        #expect(try await store.prune().freed == 0)
    }

    /// So that processes fit into an array.
    private final class Held {
        let process: ProcessDescriptor

        init(_ process: consuming ProcessDescriptor) { self.process = process }
    }

    /// splitmix64: the same instants in each run.
    private struct Seeded {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
