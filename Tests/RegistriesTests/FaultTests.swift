import FoundationEssentials
import Glibc
import Kernel
import OCI
import Testing

@testable import Registries

/// A real registry behind a proxy that cuts, delays, corrupts and truncates. `scripts/fault-pulls` does the same to
/// whole pulls.
@Suite(.enabled(if: LiveRegistry.isInstalled, "docker-registry, skopeo and openssl are needed"))
struct FaultTests {
    private let bench: Bench

    init() throws {
        bench = try Bench()
    }

    private struct Answer: Decodable {
        var path: String
        var sent: Int
        var fault: String?
        var status: String?
    }

    /// `scripts/testing/fault-proxy`; ends with its standard input.
    private final class Proxy: Sendable {
        let address: String
        let log: String
        private let process: ProcessDescriptor
        private let input: OwnedDescriptor

        init(_ bench: Bench, _ registry: LiveRegistry, seed: Int, share: Int) throws {
            let script =
                #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
                + "/scripts/testing/fault-proxy"
            log = "\(bench.path)/log-\(seed)"
            let output = try OwnedDescriptor.pipe()
            let input = try OwnedDescriptor.pipe()
            var spawn = Spawn(
                "/usr/bin/env", ["env", "python3", script, "\(seed)", "\(share)", registry.address, log])
            spawn.standardStreams = (input.reading.number, output.writing.number, nil)
            process = try ProcessDescriptor(pid: try spawn.start())
            self.input = input.intoWriting()
            let reading = output.intoReading()
            var line: [UInt8] = []
            while line.last != UInt8(ascii: "\n") {
                var byte: UInt8 = 0
                let count = try withUnsafeMutableBytes(of: &byte) { try reading.read(into: $0) }
                try #require(count == 1, "the proxy doesn't start")
                line.append(byte)
            }
            address = "127.0.0.1:\(String(decoding: line.dropLast(), as: UTF8.self))"
        }

        deinit {
            // `try?`: it may have ended by itself.
            try? process.signal(SIGKILL)
            _ = try? process.reap(blocking: true)
        }
    }

    @Test(arguments: [1, 2, 3])
    func everyBlobComesRightOrNotAtAll(_ seed: Int) async throws {
        let registry = try LiveRegistry(bench)
        let image = try NoiseImage(bench, layers: [300_000, 20_000, 500])
        try await RegistryClient.with { client in
            try await image.push(try Reference(parsing: "\(registry.address)/app:1"), with: client)
        }
        let proxy = try Proxy(bench, registry, seed: seed, share: 40)
        let reference = try Reference(parsing: "\(proxy.address)/app:1")
        var whole = 0
        for _ in 0..<20 {
            // A client of its own for each: what one learnt about the registry may be damaged.
            try await RegistryClient.with { client in
                for layer in image.layers {
                    var bytes: [UInt8] = []
                    do {
                        try await client.blob(layer.descriptor, of: reference) { bytes += $0 }
                        #expect(bytes.count == Int(layer.descriptor.size))
                        if Digest.sha256(of: bytes) == layer.descriptor.digest { whole += 1 }
                    } catch is RegistryError {
                        #expect(bytes.count <= Int(layer.descriptor.size))
                    }
                }
            }
        }
        // With two faults in five answers, most blobs still come.
        #expect(whole > 40)
        let damaging = ["corrupt", "corrupt head", "reset", "short"]
        let answers = try Files.readText(proxy.log).split(separator: "\n").map {
            try JSONDecoder().decode(Answer.self, from: Data($0.utf8))
        }
        let sound = answers.filter { $0.status == "200" || $0.status == "206" }
        let sent = sound.filter { !damaging.contains($0.fault ?? "") }.reduce(0) { $0 + $1.sent }
        #expect(answers.contains { $0.fault == "cut" } && answers.contains { $0.status == "206" })
        // What came undamaged is seldom asked for again: only what was on its way when a connection broke.
        #expect(sent <= 30 * image.layers.reduce(0) { $0 + Int($1.descriptor.size) })
    }

    @Test(arguments: [4, 5])
    func whatIsPushedThroughFaultsIsWholeOrAbsent(_ seed: Int) async throws {
        let registry = try LiveRegistry(bench)
        let proxy = try Proxy(bench, registry, seed: seed, share: 25)
        var limits = RegistryClient.Limits()
        limits.monolithicBytes = 10_000
        limits.chunkBytes = 60_000
        var pushed = 0
        for number in 0..<8 {
            let image = try NoiseImage(bench, layers: [150_000, 5000])
            let name = "app:\(number)"
            try await RegistryClient.with(limits: limits) { client in
                do {
                    try await image.push(try Reference(parsing: "\(proxy.address)/\(name)"), with: client)
                    pushed += 1
                } catch is RegistryError {
                    return
                }
                // Read behind the proxy's back.
                try await image.verify(try Reference(parsing: "\(registry.address)/\(name)"), with: client)
            }
        }
        #expect(pushed > 0)
    }
}
