import Testing

/// Whole pulls through a network that cuts, delays, corrupts and truncates: a short form of the run that docs/images.md
/// reports, with the same rules.
@Suite("Pulls over a bad network", .asRoot, .reported, .with("docker-registry"))
struct FaultPullTests {
    @Test("Each pull ends right or with an error, the store is sound after it, and nothing comes twice without need")
    func pulls() async throws {
        try await onHost { host in
            let script = join(Requirements.repository, "scripts", "fault-pulls")
            let outcome = try await host.shell("\(script) 20 3 \(Requirements.binaries)", within: .seconds(300))
            try outcome.succeeds().says("20 pulls, seed 3")
        }
    }
}
