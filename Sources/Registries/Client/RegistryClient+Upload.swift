import AsyncHTTPClient
import Kernel
import NIOCore
import NIOHTTP1
public import OCI

/// A blob on its way to a registry.
private struct Upload {
    let descriptor: Descriptor
    let reference: Reference
    let route: Route
    let file: UploadFile
    let progress: @Sendable (Int64) -> Void
    /// Where it goes on.
    var place = ""
    /// How much the registry has.
    var sent: Int64 = 0
    /// The least that the registry wants in one piece but the last.
    var leastChunk: Int64 = 0

    var subject: String { "blob \(descriptor.digest)" }

    func call(_ method: HTTPMethod, _ path: String) -> Call {
        Call(
            reference: reference, subject: subject, method: method, path: path, scopes: .push(route.repository))
    }

    var closing: String {
        place + (place.contains("?") ? "&" : "?") + "digest=\(PercentCoding.encode(descriptor.digest.description))"
    }
}

extension RegistryClient {
    /// Sends a file as the blob. `progress` is called with the bytes that were sent in all.
    public func uploadBlob(
        _ descriptor: Descriptor, file: String, to reference: Reference,
        progress: @escaping @Sendable (Int64) -> Void
    ) async throws {
        let source: UploadFile
        do {
            source = try UploadFile(file)
            let size = try source.size()
            guard size == descriptor.size else {
                throw RegistryError(
                    reference, "blob \(descriptor.digest)",
                    .unreadable(path: file, detail: "it has \(size) bytes, not \(descriptor.size)"))
            }
        } catch let error as KernelError {
            throw RegistryError(
                reference, "blob \(descriptor.digest)", .unreadable(path: file, detail: error.reason))
        }
        let route = try ownRoute(reference)
        try await retrying {
            var upload = Upload(
                descriptor: descriptor, reference: reference, route: route, file: source, progress: progress)
            try await begin(&upload)
            if descriptor.size > limits.monolithicBytes { try await sendPieces(&upload) }
            try await close(upload)
        }
        progress(descriptor.size)
    }

    private func begin(_ upload: inout Upload) async throws {
        let call = upload.call(.POST, upload.route.uploads)
        let response = try await exchange(call, at: upload.route, expecting: [202])
        guard let place = uploadPlace(response, call, upload.route) else { throw lost(upload) }
        upload.place = place
        upload.leastChunk = response.headers.first(name: "oci-chunk-min-length").flatMap(Int64.init) ?? 0
    }

    private func lost(_ upload: Upload) -> RegistryError {
        RegistryError(
            upload.reference, upload.subject, .malformed(detail: "the registry names no place for the upload"))
    }

    /// Sends the file in as few pieces as the limits allow. What broke goes on behind the last byte that arrived.
    private func sendPieces(_ upload: inout Upload) async throws {
        var failures = 0
        while upload.sent < upload.descriptor.size {
            let before = upload.sent
            do {
                try await sendPiece(&upload)
                failures = 0
            } catch let error as RegistryError where error.isPassing || error.isRangeRefusal {
                failures += 1
                let pause = pacing.policy.pause(after: failures, asked: error.askedPause, chance: pacing.chance())
                guard let pause else { throw error }
                try await pacing.sleep(pause)
                // An upload that the registry has forgotten begins anew, as a failure of the whole.
                guard try await askProgress(&upload) else { throw error }
                if upload.sent > before { failures = 0 }
            }
        }
    }

    private func sendPiece(_ upload: inout Upload) async throws {
        let end = upload.sent + min(upload.descriptor.size - upload.sent, max(limits.chunkBytes, upload.leastChunk, 1))
        var call = upload.call(.PATCH, upload.place)
        call.headers = [
            ("content-type", "application/octet-stream"), ("content-range", "\(upload.sent)-\(end - 1)"),
        ]
        call.body = .file(upload.file, upload.sent..<end, progress: upload.progress)
        let response = try await exchange(call, at: upload.route, expecting: [200, 201, 202, 204])
        guard let place = uploadPlace(response, call, upload.route) else { throw lost(upload) }
        upload.place = place
        upload.sent = end
    }

    /// Asks how much has arrived; false if the registry doesn't know the upload any more.
    private func askProgress(_ upload: inout Upload) async throws -> Bool {
        let call = upload.call(.GET, upload.place)
        let response = try await retrying {
            try await exchange(call, at: upload.route, expecting: [200, 202, 204, 404])
        }
        guard response.status != .notFound else { return false }
        if let place = uploadPlace(response, call, upload.route) { upload.place = place }
        // `0-0` is what Docker's registry says of an upload without a byte.
        let last = response.headers.first(name: "range").map { $0.drop { $0 != "-" }.dropFirst() }
            .flatMap { Int64($0) }
        guard let last, last >= 0, last < upload.descriptor.size else { return false }
        upload.sent = last == 0 ? 0 : last + 1
        return true
    }

    /// Ends the upload, with what wasn't sent yet.
    private func close(_ upload: Upload) async throws {
        var call = upload.call(.PUT, upload.closing)
        call.headers = [("content-type", "application/octet-stream")]
        if upload.sent < upload.descriptor.size {
            call.body = .file(upload.file, upload.sent..<upload.descriptor.size, progress: upload.progress)
        }
        do {
            _ = try await exchange(call, at: upload.route, expecting: [201, 202, 204])
        } catch let error as RegistryError where error.isPassing || error.reason == .notFound {
            // It may have arrived, and only the answer was lost.
            if try await hasBlob(upload.descriptor, in: upload.reference) { return }
            guard error.isPassing else {
                throw RegistryError(upload.reference, upload.subject, .broken(detail: "it forgot the upload"))
            }
            throw error
        }
    }
}

extension RegistryError {
    /// A piece that doesn't begin where the registry stands.
    fileprivate var isRangeRefusal: Bool {
        if case .refused(416, _) = reason { true } else { false }
    }
}
