import Glibc
import Kernel
import OCI

/// Brings a blob into its partial file, from where an earlier attempt stopped.
struct BlobFetch: Sendable {
    let descriptor: Descriptor
    let partial: PartialBlob
    /// The image, for errors.
    let subject: String
    let progress: ImageProgressHandler

    /// Bytes between two reports of progress.
    private static let reportInterval: Int64 = 1 << 20

    /// Fetches what is missing, verifies everything, and hands all of it to `sink` in order: what is there already
    /// first. Returns how many bytes were there. What turns out to be wrong is thrown away.
    func run(
        from content: any ContentSource, into sink: (UnsafeRawBufferPointer) async throws -> Void
    ) async throws -> Int64 {
        var hasher = DigestHasher(descriptor.digest.algorithm)
        var have = try partial.length()
        if have > descriptor.size {
            try partial.truncate()
            have = 0
        }
        progress(.downloading(layer: descriptor.digest, received: have, total: descriptor.size))
        try await repeatBeginning(have, &hasher, sink)
        if have < descriptor.size || have == 0 { try await fetchRest(content, have, &hasher, sink) }
        let actual = hasher.finalize()
        guard actual == descriptor.digest else {
            try partial.truncate()
            throw ImageError(subject, .digestMismatch(expected: descriptor.digest, actual: actual))
        }
        return have
    }

    /// Does `attempt` again from the beginning if what came is wrong, as often as its source is worth it; and if there
    /// was an old part: after a loss of power a file may hold anything. `beforeAgain` clears away what else it made.
    func untilRight<Value>(
        from content: any ContentSource, _ attempt: () async throws -> Value, beforeAgain: () throws -> Void = {}
    ) async throws -> Value {
        for _ in 1..<max(content.attempts, try partial.length() > 0 ? 2 : 1) {
            do {
                return try await attempt()
            } catch let error as ImageError where error.isWrongContent {
                try partial.truncate()
                try beforeAgain()
            }
        }
        return try await attempt()
    }

    /// Fetches what comes after the first `have` bytes. If it breaks off, all that came stays for the next attempt,
    /// unless it was more than there can be.
    private func fetchRest(
        _ content: any ContentSource, _ have: Int64, _ hasher: inout DigestHasher,
        _ sink: (UnsafeRawBufferPointer) async throws -> Void
    ) async throws {
        var output = try BlobOutput(partial, at: have)
        var received = have
        var told = have
        do {
            try await content.blob(descriptor, from: have) { piece in
                guard received + Int64(piece.count) <= descriptor.size else {
                    throw wrongSize(received + Int64(piece.count))
                }
                hasher.update(piece)
                try output.append(piece)
                received += Int64(piece.count)
                if received - told >= Self.reportInterval || received == descriptor.size {
                    told = received
                    progress(.downloading(layer: descriptor.digest, received: received, total: descriptor.size))
                }
                try await sink(piece)
            }
        } catch let error as ImageError where error.isWrongContent {
            try partial.truncate()
            throw error
        } catch {
            try output.finish()
            throw error
        }
        try output.finish()
        guard received == descriptor.size else { throw wrongSize(received) }
    }

    private func repeatBeginning(
        _ length: Int64, _ hasher: inout DigestHasher, _ sink: (UnsafeRawBufferPointer) async throws -> Void
    ) async throws {
        guard length > 0 else { return }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        var place: Int64 = 0
        while place < length {
            try Task.checkCancellation()
            let count = try partial.read(into: buffer, at: place)
            guard count > 0 else { throw wrongSize(place) }
            let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            hasher.update(piece)
            try await sink(piece)
            place += Int64(count)
        }
    }

    private func wrongSize(_ actual: Int64) -> ImageError {
        ImageError(
            subject, .sizeMismatch(digest: descriptor.digest, expected: descriptor.size, actual: actual))
    }
}
