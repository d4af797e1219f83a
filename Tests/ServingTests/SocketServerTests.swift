import ControlAPI
import Glibc
import Kernel
import NIOHTTP1
import OCI
import Testing

@testable import Serving

@Suite(.timeLimit(.minutes(5))) struct SocketServerTests {
    @Test func requestsAreAnsweredByTheirRoutes() async throws {
        let instance = try await Instance()
        try await instance.serving { () async throws in
            #expect(try await instance.get("/v1/version").contains("\"version\":\"\(roostVersion)\""))
            #expect(try await instance.get("/v1/stacks").hasSuffix("[]"))
            #expect(try await instance.get("/v1/stacks/none/containers").hasSuffix("[]"))
            #expect(try await instance.get("/v1/images").hasSuffix("[]"))
            #expect(try await instance.get("/v1/nowhere").hasPrefix("HTTP/1.1 404"))
            #expect(try await instance.get("/v1/containers/none").contains("no such container: none"))
            #expect(try await instance.get("/v1/images/a%2Fb").contains("a/b: no such image"))
            #expect(try await instance.get("/v1/images/a?platform=bad%20one").hasPrefix("HTTP/1.1 400"))
            #expect(try await instance.post("/v1/stacks", ["a": "b"]).hasPrefix("HTTP/1.1 405"))
            #expect(try await instance.post("/v1/stacks/shop/up", ["a": "b"]).hasPrefix("HTTP/1.1 400"))
            let stopped = try await instance.post("/v1/stacks/none/stop", SignalRequest())
            #expect(stopped.contains("application/x-ndjson") && stopped.contains("\"finished\""))
        }
    }

    @Test func theSocketIsItsOwnersAlone() async throws {
        let instance = try await Instance()
        try await instance.serving {
            var status = stat()
            #expect(stat(instance.locations.socket, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
            let names = try Directory.names(in: instance.locations.runRoot)
            #expect(names.filter { $0.contains("sock") } == ["supervisor.sock"])
        }
    }

    @Test func aRequestForAnotherStateDirectoryIsRefused() async throws {
        let instance = try await Instance()
        try await instance.serving {
            let root = instance.locations.root
            #expect(try await instance.get("/v1/stacks", headers: "Roost-Root: \(root)\r\n").hasPrefix("HTTP/1.1 200"))
            #expect(
                try await instance.get("/v1/stacks", headers: "Roost-Root: \(root)/./\r\n").hasPrefix("HTTP/1.1 200"))
            let refusal = try await instance.get("/v1/stacks", headers: "Roost-Root: /tmp\r\n")
            #expect(refusal.hasPrefix("HTTP/1.1 421") && refusal.contains("--run-root"))
        }
    }

    /// Another API beside Roost's own.
    private struct Echo: Router {
        func handler(for request: ReceivedRequest) throws(RequestRefusal) -> Handler? {
            guard request.path == "/echo" else { return nil }
            let text = request.query["text"] ?? ""
            return Handler(endsWithClient: false) { try await $0.respond([text]) }
        }
    }

    @Test func aSecondRouterStandsBesideTheFirst() async throws {
        let instance = try await Instance()
        try await instance.serving(routers: [Echo()]) { () async throws in
            #expect(try await instance.get("/echo?text=hello").hasSuffix("[\"hello\"]"))
            #expect(try await instance.get("/v1/stacks").hasSuffix("[]"))
            #expect(try await instance.get("/neither").hasPrefix("HTTP/1.1 404"))
        }
    }

    @Test func anArchiveGoesThroughDescriptors() async throws {
        let instance = try await Instance()
        try await instance.serving {
            let archive = try OwnedDescriptor.memory("archive", content: [])
            let body = ImageSaveRequest([], as: .oci, path: "/nowhere/a.tar", title: "Archive")
            let saved = try await instance.post("/v1/images/save", body, descriptors: [archive.number])
            #expect(saved.contains("\"exitCode\":0"), "\(saved)")
            let content = try Files.read("/proc/self/fd/\(archive.number)")
            #expect(String(decoding: content, as: UTF8.self).contains("imageLayoutVersion"))
            let refused = try await instance.post(
                "/v1/images/load", ImageLoadRequest(path: "-", title: "Archive"), descriptors: [])
            #expect(refused.contains("neither an absolute path nor a descriptor"))
        }
    }

    @Test func aCancelledServerListensNoMore() async throws {
        let instance = try await Instance()
        try await instance.serving {}
        await #expect(throws: (any Error).self) { try await instance.get("/v1/stacks") }
    }
}
