import AsyncHTTPClient
import Glibc
import Kernel
import NIOCore
import NIOHTTP1

/// Why a file of the web can't be had.
public struct DownloadError: Error, Equatable, Sendable, CustomStringConvertible {
    public let url: String
    public let reason: String

    public var description: String { "\(url): \(reason)" }
}

/// Files of the web that are no registry's: over the same proxies, with the same certificates, and without credentials.
extension RegistryClient {
    /// Writes a file to a path that is made.
    ///
    /// - Parameter limit: bytes.
    /// - Returns: when the server says that the file was changed last, in seconds since 1970.
    /// - Throws: `DownloadError`, `KernelError` of the file that is written.
    public func download(_ url: String, to path: String, limit: Int64 = 64 << 30) async throws -> Int64? {
        let response = try await answer(url)
        let file = try OwnedDescriptor(open: path, [.writeOnly, .create, .exclusive], mode: 0o600)
        var count: Int64 = 0
        do {
            for try await piece in response.body {
                count += Int64(piece.readableBytes)
                guard count <= limit else { throw DownloadError(url: url, reason: "it is larger than \(limit) bytes") }
                try file.writeAll(Array(piece.readableBytesView))
            }
        } catch let error where !(error is DownloadError) && !(error is KernelError) {
            throw failure(error, url)
        }
        // A cancelled sequence ends as if it were whole.
        try Task.checkCancellation()
        return response.headers.first(name: "last-modified").flatMap(Self.seconds(ofHTTPDate:))
    }

    private func answer(_ url: String) async throws -> HTTPClientResponse {
        guard Origin(url) != nil else { throw DownloadError(url: url, reason: "it is no address of HTTP") }
        var place = url
        for _ in 0..<Self.mostRedirects {
            let response: HTTPClientResponse
            do {
                response = try await transport.send(WireRequest(url: place), verified: true)
            } catch {
                throw failure(error, url)
            }
            let status = response.status.code
            if status == 200 { return response }
            guard [301, 302, 303, 307, 308].contains(status), let location = response.headers.first(name: "location")
            else { throw DownloadError(url: url, reason: "the server answers with status \(status)") }
            guard let next = Origin.resolve(location, from: place), !isDowngrade(place, next) else {
                throw DownloadError(url: url, reason: "it redirects to an unsafe address")
            }
            place = next
        }
        throw DownloadError(url: url, reason: "it redirects without end")
    }

    private static let mostRedirects = 10

    /// What was asked for over TLS isn't taken from where it isn't.
    private func isDowngrade(_ place: String, _ next: String) -> Bool {
        Origin(place)?.scheme == "https" && Origin(next)?.scheme != "https"
    }

    private func failure(_ error: any Error, _ url: String) -> any Error {
        if error is CancellationError || error as? HTTPClientError == .cancelled { return CancellationError() }
        let words =
            switch reason(of: error) {
            case .unreachable(let detail): "the server can't be reached: \(detail)"
            case .untrusted(let detail), .broken(let detail): detail
            case .timedOut: "the server is silent"
            default: "the transfer failed"
            }
        return DownloadError(url: url, reason: words)
    }

    /// `Wed, 21 Oct 2015 07:28:00 GMT` (RFC 9110, 5.6.7).
    static func seconds(ofHTTPDate text: String) -> Int64? {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "," || $0 == ":" })
        guard words.count == 8, words[7] == "GMT", let month = months.firstIndex(of: String(words[2]))
        else { return nil }
        let numbers = [1, 3, 4, 5, 6].compactMap { Int32(words[$0]) }
        guard numbers.count == 5, (1970...9999).contains(numbers[1]) else { return nil }
        var parts = tm()
        (parts.tm_mday, parts.tm_mon, parts.tm_year) = (numbers[0], Int32(month), numbers[1] - 1900)
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (numbers[2], numbers[3], numbers[4])
        return Int64(timegm(&parts))
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
