import Kernel
import NIOHTTP1
import OCI
import Synchronization
import Testing

@testable import Registries

@Suite(.enabled(if: LiveRegistry.isInstalled, "docker-registry, skopeo and openssl are needed"))
struct PushTests {
    private let bench: Bench

    init() throws {
        bench = try Bench()
    }

    private func skopeo(_ arguments: String...) throws -> String {
        let output = try Bench.run(LiveRegistry.skopeo, arguments)
        try #require(output.code == 0, "\(output.text)")
        return output.text
    }

    @Test(
        arguments: [
            (false, 4 << 20, Int64.max), (false, 0, Int64.max), (false, 0, 10_000), (true, 0, 70_000),
        ] as [(Bool, Int64, Int64)])
    func whatIsPushedIsThereForOthers(_ docker: Bool, _ monolithic: Int64, _ chunk: Int64) async throws {
        let registry = try LiveRegistry(bench)
        let image = try NoiseImage(bench, layers: [100_000, 1, 65_536], docker: docker)
        var limits = RegistryClient.Limits()
        limits.monolithicBytes = monolithic
        limits.chunkBytes = chunk
        let reference = try Reference(parsing: "\(registry.address)/team/app:1")
        try await RegistryClient.with(limits: limits) { client in
            try await image.push(reference, with: client)
            try await image.verify(reference, with: client)
            #expect(try await client.tags(of: reference) == ["1"])
            #expect(try await client.hasBlob(image.configuration.descriptor, in: reference))
            let absent = Descriptor(mediaType: .layer, digest: .sha256(of: [1, 2, 3]), size: 3)
            #expect(try await !client.hasBlob(absent, in: reference))
        }
        let inspected = try skopeo("inspect", "--tls-verify=false", "docker://\(reference)")
        #expect(inspected.contains(image.manifest.descriptor.digest.description))
        let copied = try skopeo(
            "--insecure-policy", "copy", "--src-tls-verify=false", "docker://\(reference)", "dir:\(bench.path)/copy")
        #expect(copied.contains("Writing manifest"))
    }

    @Test func mountsWhatAnotherRepositoryHas() async throws {
        let registry = try LiveRegistry(bench)
        let image = try NoiseImage(bench, layers: [5000])
        let source = try Reference(parsing: "\(registry.address)/one")
        let target = try Reference(parsing: "\(registry.address)/two")
        let blob = image.layers[0].descriptor
        try await RegistryClient.with { client in
            try await image.push(source, with: client)
            #expect(try await !client.hasBlob(blob, in: target))
            #expect(try await client.mountBlob(blob, from: source, in: target))
            #expect(try await client.hasBlob(blob, in: target))
            let absent = Descriptor(mediaType: .layer, digest: .sha256(of: [1, 2, 3]), size: 3)
            #expect(try await !client.mountBlob(absent, from: source, in: target))
            let elsewhere = try Reference(parsing: "example.test/one")
            #expect(try await !client.mountBlob(blob, from: elsewhere, in: target))
        }
    }

    @Test func pushesIndexesUnderManyTags() async throws {
        let registry = try LiveRegistry(bench)
        let image = try NoiseImage(bench, layers: [10])
        let reference = try Reference(parsing: "\(registry.address)/app")
        try await RegistryClient.with { client in
            try await image.push(
                try Reference(parsing: "\(reference.registry)/app@\(image.manifest.descriptor.digest)"), with: client)
            let index = try ManifestDocument(
                bytes: try Index(manifests: [image.manifest.descriptor]).json(), mediaType: .index)
            let names = (1...25).map { "v\($0)" }
            for name in names {
                try await client.putManifest(index, as: try Reference(parsing: "\(reference.registry)/app:\(name)"))
            }
            #expect(try await client.tags(of: reference).sorted() == names.sorted())
            let found = try await client.descriptor(of: try Reference(parsing: "\(reference.registry)/app:v7"))
            #expect(found == index.descriptor && found.mediaType.isIndex)
        }
    }

    /// Debian's registry keeps no referrers, so they are kept under a tag.
    @Test func keepsReferrersWhereTheRegistryDoesNot() async throws {
        let registry = try LiveRegistry(bench)
        let image = try NoiseImage(bench, layers: [10])
        let reference = try Reference(parsing: "\(registry.address)/app:1")
        let digest = image.manifest.descriptor.digest
        try await RegistryClient.with { client in
            #expect(try await client.referrers(of: digest, in: reference).isEmpty)
            try await image.push(reference, with: client)
            for kind in ["application/vnd.test.sbom", "application/vnd.test.signature"] {
                let text = """
                    {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"\(kind)",\
                    "config":{"mediaType":"\(image.configuration.descriptor.mediaType)",\
                    "digest":"\(image.configuration.descriptor.digest)","size":\(image.configuration.descriptor.size)},\
                    "layers":[],"annotations":{"kind":"\(kind)"},"subject":{"mediaType":"\(MediaType.manifest)",\
                    "digest":"\(digest)","size":\(image.manifest.descriptor.size)}}
                    """
                let document = try ManifestDocument(bytes: Array(text.utf8), mediaType: nil)
                let own = try Reference(parsing: "\(registry.address)/app@\(document.descriptor.digest)")
                try await client.putManifest(document, as: own)
                // A second time changes nothing.
                try await client.putManifest(document, as: own)
            }
            let found = try await client.referrers(of: digest, in: reference)
            #expect(found.map(\.artifactType) == ["application/vnd.test.sbom", "application/vnd.test.signature"])
            #expect(found.first?.annotations == ["kind": "application/vnd.test.sbom"])
        }
    }

    @Test func refusesAFileThatIsNotTheBlob() async throws {
        let image = try NoiseImage(bench, layers: [10])
        let reference = try Reference(parsing: "127.0.0.1:1/app")
        var blob = image.layers[0].descriptor
        blob.size = 11
        let wrong = blob
        try await RegistryClient.with { client in
            let error = await failure {
                try await client.uploadBlob(wrong, file: image.layers[0].file, to: reference) { _ in }
            }
            #expect(error?.description.contains("it has 10 bytes, not 11") == true)
            let missing = await failure {
                try await client.uploadBlob(wrong, file: "/does/not/exist", to: reference) { _ in }
            }
            #expect(missing?.description.contains("/does/not/exist can't be sent") == true)
        }
    }
}

/// Uploads that break, against a registry that a test plays.
@Suite struct UploadTests {
    private final class Played: Sendable {
        struct State {
            var received: [UInt8] = []
            var log: [String] = []
            var isDone = false
        }
        let state = Mutex(State())
        /// What happens to a request, by its place in the log; nil for the normal course.
        let disturb: @Sendable (Int, TestServer.Request) -> TestServer.Answer?

        init(_ disturb: @escaping @Sendable (Int, TestServer.Request) -> TestServer.Answer?) {
            self.disturb = disturb
        }

        func answer(_ request: TestServer.Request) -> TestServer.Answer {
            state.withLock { state in
                state.log.append("\(request.method.rawValue) \(request.headers.first(name: "content-range") ?? "-")")
                let place = [("location", "/v2/app/blobs/uploads/1?state=\(state.log.count)")]
                if let answer = disturb(state.log.count, request) {
                    // Half of it arrived.
                    if request.method == .PATCH { state.received += request.body.prefix(request.body.count / 2) }
                    return answer
                }
                switch request.method {
                case .POST: return .init(status: .accepted, headers: place)
                case .PATCH:
                    state.received += request.body
                    return .init(status: .accepted, headers: place)
                case .GET:
                    let range = [("range", "0-\(max(0, state.received.count - 1))")]
                    return .init(status: .noContent, headers: place + range)
                case .PUT:
                    state.received += request.body
                    state.isDone = request.uri.contains("&digest=sha256:")
                    return .init(status: .created)
                default: return .init(status: state.isDone ? .ok : .notFound)
                }
            }
        }
    }

    private func upload(
        chunk: Int64 = .max, _ disturb: @escaping @Sendable (Int, TestServer.Request) -> TestServer.Answer?
    ) async throws -> (log: [String], isWhole: Bool, error: RegistryError?) {
        let bench = try Bench()
        let content = [UInt8](0..<100)
        let file = "\(bench.path)/blob"
        try Files.replace(file, with: content)
        let blob = Descriptor(mediaType: .layer, digest: .sha256(of: content), size: 100)
        let played = Played(disturb)
        var error: RegistryError?
        var limits = RegistryClient.Limits()
        limits.monolithicBytes = 10
        limits.chunkBytes = chunk
        try await TestServer.with {
            played.answer($0)
        } _: { server in
            try await RegistryClient.with(limits: limits) { client in
                let reference = try Reference(parsing: "\(server.address)/app")
                do {
                    try await client.uploadBlob(blob, file: file, to: reference) { _ in }
                } catch let failure as RegistryError {
                    error = failure
                }
            }
        }
        return played.state.withLock { ($0.log, $0.received == content, error) }
    }

    @Test func goesOnBehindWhatArrived() async throws {
        let result = try await upload { number, _ in
            number == 2 ? .init(manner: .dropped) : nil
        }
        #expect(result.error == nil && result.isWhole)
        #expect(result.log == ["POST -", "PATCH 0-99", "GET -", "PATCH 50-99", "PUT -"])
    }

    @Test func sendsInPiecesAndAsksAfterARefusal() async throws {
        let result = try await upload(chunk: 40) { number, _ in
            number == 3 ? .init(status: .rangeNotSatisfiable) : nil
        }
        #expect(result.error == nil && result.isWhole)
        #expect(
            result.log == ["POST -", "PATCH 0-39", "PATCH 40-79", "GET -", "PATCH 60-99", "PUT -"])
    }

    @Test func doesNotSendAgainWhereOnlyTheLastAnswerWasLost() async throws {
        let seen = Mutex(false)
        let result = try await upload { _, request in
            if request.method == .HEAD { return .init(headers: [("content-length", "100")]) }
            guard request.method == .PUT, seen.withLock({ $0 }) == false else { return nil }
            seen.withLock { $0 = true }
            return .init(status: .badGateway)
        }
        #expect(result.error == nil)
        #expect(result.log == ["POST -", "PATCH 0-99", "PUT -", "HEAD -"])
    }

    @Test func givesUpOnARegistryThatRefuses() async throws {
        let result = try await upload { number, _ in
            number == 2
                ? .init(
                    status: .payloadTooLarge, body: #"{"errors":[{"code":"SIZE_INVALID","message":"too large"}]}"#)
                : nil
        }
        #expect(result.error?.reason == .refused(status: 413, detail: "too large"))
        #expect(result.log == ["POST -", "PATCH 0-99"])
    }
}
