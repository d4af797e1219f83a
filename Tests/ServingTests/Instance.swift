import ControlAPI
import Glibc
import Kernel
import NIOPosix
import Orchestration

@testable import Serving

/// An instance of Roost in a directory of its own, that goes with it.
final class Instance: Sendable {
    let directory: String
    let locations: Locations
    let supervisor: Supervisor

    init() async throws {
        directory = "/tmp/roost-serving-\(Files.unforeseenName())"
        locations = Locations(root: directory + "/root", runRoot: directory + "/run")
        try Files.makeDirectories(locations.runRoot)
        supervisor = try Supervisor(locations: locations)
    }

    deinit {
        // Nothing depends on it.
        try? Directory.remove(directory)
    }

    /// Serves while `body` runs.
    func serving(routers: [any Router] = [], _ body: () async throws -> Void) async throws {
        let server = try SocketServer(
            path: locations.socket, routers: routers + [ControlRoutes(supervisor)],
            group: MultiThreadedEventLoopGroup.singleton)
        let task = Task { try await server.run { try await $0() } }
        do {
            try await body()
        } catch {
            task.cancel()
            throw error
        }
        task.cancel()
        _ = await task.result
    }

    /// Sends bytes, with descriptors if there are any, and returns the answer.
    func exchange(_ message: String, descriptors: [Int32] = []) async throws -> String {
        let socket = try UnixSocket(connectingTo: locations.socket)
        _ = try socket.send(Array(message.utf8)[...], descriptors: descriptors)
        let descriptor = socket.intoDescriptor().release()
        return try await withCheckedThrowingContinuation { continuation in
            do {
                try OwnThread.start {
                    continuation.resume(with: Result { try Self.answer(on: OwnedDescriptor(taking: descriptor)) })
                }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    /// Reads to the end of an answer: the server leaves it to its client to close.
    private static func answer(on socket: borrowing OwnedDescriptor) throws -> String {
        var answer = ""
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 1)
        defer { buffer.deallocate() }
        while try socket.waitReadable(milliseconds: 30_000) {
            let count = try socket.read(into: buffer)
            answer += String(decoding: buffer[..<count], as: UTF8.self)
            if count == 0 || isComplete(answer) { return answer }
        }
        throw KernelError("read", "an answer", errno: ETIMEDOUT)
    }

    private static func isComplete(_ answer: String) -> Bool {
        let lines = answer.split(separator: "\r\n", omittingEmptySubsequences: false)
        guard let end = lines.firstIndex(of: "") else { return false }
        let head = lines[..<end].map { $0.lowercased() }
        if head.contains("transfer-encoding: chunked") { return answer.hasSuffix("\r\n0\r\n\r\n") }
        let length = head.first { $0.hasPrefix("content-length: ") }.flatMap { Int($0.dropFirst(16)) } ?? 0
        return lines[(end + 1)...].joined(separator: "\r\n").utf8.count >= length
    }

    func get(_ path: String, headers: String = "") async throws -> String {
        try await exchange("GET \(path) HTTP/1.1\r\nHost: roost\r\nConnection: close\r\n\(headers)\r\n")
    }

    func post(_ path: String, _ body: some Encodable, descriptors: [Int32] = []) async throws -> String {
        let json = String(decoding: try JSON.encode(body), as: UTF8.self)
        return try await exchange(
            "POST \(path) HTTP/1.1\r\nHost: roost\r\nConnection: close\r\nContent-Length: \(json.utf8.count)\r\n\r\n\(json)",
            descriptors: descriptors)
    }
}
