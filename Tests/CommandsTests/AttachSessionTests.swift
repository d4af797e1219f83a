import Blocking
import Glibc
import Kernel
import Launching
import Testing

@testable import Commands

/// The test is the shim.
@Suite(.timeLimit(.minutes(5))) struct AttachSessionTests {
    @Test func whatAShimSaidAtItsEndIsReadThoughItHadNotTakenEverything() async throws {
        var template = Array("/tmp/roost-attach-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CommandFailure("no directory for the test") }
        let directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        let path = "\(directory)/\(AttachMessage.socketName)"
        defer {
            unlink(path)
            rmdir(directory)
        }
        let listener = try UnixSocket(listeningAt: path, keepsMessages: true).intoDescriptor().release()
        // With a terminal it sends a size at once.
        var session = AttachSession(
            container: "c", directory: directory, terminal: true, passesInput: false, endsInput: false,
            showsOutput: false)
        session.passesSignals = false
        async let end = onOwnThread { [session] in try session.run() }
        try await onOwnThread { try Self.end(after: UnixSocket(taking: OwnedDescriptor(taking: listener))) }
        #expect(try await end == .ended(code: 7))
    }

    /// Takes a connection, but nothing that comes over it.
    private static func end(after listener: consuming UnixSocket) throws {
        waitForInput(listener.descriptor.number)
        guard let accepted = try listener.accept() else { throw CommandFailure("nobody has connected") }
        waitForInput(accepted.number)
        for message in [
            [AttachMessage.FromShim.output.rawValue, 0x61], [AttachMessage.FromShim.ended.rawValue, 7, 0, 0, 0],
        ] {
            try UnixSocket.send(message[...], descriptors: [], over: accepted.number)
        }
    }

    private static func waitForInput(_ number: Int32) {
        var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        poll(&entry, 1, 120_000)
    }
}
