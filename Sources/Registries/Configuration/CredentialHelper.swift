import Blocking
import FoundationEssentials
import Glibc
import Kernel

/// A program `docker-credential-NAME`, which keeps credentials in a place of its own. It gets an action as its
/// argument and a request on its standard input, and answers on its standard output.
struct CredentialHelper: Sendable {
    let name: String
    /// The helper's environment; its PATH is where the helper is looked for.
    let environment: [String: String]
    /// Milliseconds that an action may take: it may ask the user something.
    var patience: Int32 = 60_000

    private static let longestAnswer = 64 << 10
    private var program: String { "docker-credential-\(name)" }

    private struct Entry: Codable {
        var ServerURL: String
        var Username: String
        var Secret: String
    }

    /// The credential for a key; nil if the helper has none.
    func get(_ key: String) async throws -> Credential? {
        let answer = try await run("get", Array(key.utf8))
        guard answer.code == 0 else {
            if answer.text.contains("credentials not found") { return nil }
            throw failure("get", answer)
        }
        // `try?`: the reason would be in terms of JSON, and the helper's answer must not be shown.
        guard let entry = try? JSONDecoder().decode(Entry.self, from: Data(answer.output)) else {
            throw CredentialError(program, "its answer can't be understood")
        }
        if entry.Username == Credential.tokenUser { return .identityToken(entry.Secret) }
        return entry.Secret.isEmpty ? nil : .password(user: entry.Username, password: entry.Secret)
    }

    /// Keeps a credential under a key.
    func store(_ credential: Credential, for key: String) async throws {
        let entry: Entry
        switch credential {
        case .password(let user, let password): entry = Entry(ServerURL: key, Username: user, Secret: password)
        case .identityToken(let token), .registryToken(let token):
            entry = Entry(ServerURL: key, Username: Credential.tokenUser, Secret: token)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        let answer = try await run("store", Array(try encoder.encode(entry)))
        guard answer.code == 0 else { throw failure("store", answer) }
    }

    /// Forgets what it has under a key.
    func erase(_ key: String) async throws {
        let answer = try await run("erase", Array(key.utf8))
        guard answer.code == 0 || answer.text.contains("credentials not found") else { throw failure("erase", answer) }
    }

    private func failure(_ action: String, _ answer: Answer) -> CredentialError {
        let words = answer.text.split(whereSeparator: \.isNewline).first.map { ": \($0.prefix(200))" } ?? ""
        return CredentialError(program, "it can't \(action) the credential (exit code \(answer.code))\(words)")
    }
}

extension CredentialHelper {
    private struct Answer: Sendable {
        let code: Int32
        let output: [UInt8]
        // swift-format-ignore: for messages, where a replaced byte is no loss
        var text: String { String(decoding: output, as: UTF8.self) }
    }

    /// Runs the helper on a thread of its own, since it may wait for the user.
    private func run(_ action: String, _ input: [UInt8]) async throws -> Answer {
        try Task.checkCancellation()
        let path = try find()
        return try await onOwnThread { try runBlocking(path, action, input) }
    }

    private func find() throws(CredentialError) -> String {
        guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 32 && $0 != UInt8(ascii: "/") && $0 < 127 }) else {
            throw CredentialError(program, "this isn't the name of a credential helper")
        }
        for directory in (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":") {
            let path = "\(directory)/\(program)"
            if directory.hasPrefix("/"), access(path, X_OK) == 0 { return path }
        }
        throw CredentialError(
            program, "there is no such program in PATH; install it, or take it out of the Docker configuration")
    }

    private func runBlocking(_ path: String, _ action: String, _ input: [UInt8]) throws -> Answer {
        // A file rather than a pipe: a helper that doesn't read can't stop who writes.
        let request = try OwnedDescriptor.memory("credential", content: input)
        let pipe = try OwnedDescriptor.pipe()
        var spawn = Spawn(path, [program, action], environment: environment.map { "\($0.key)=\($0.value)" })
        spawn.standardStreams = (request.number, pipe.writing.number, nil)
        let pid = try spawn.start()
        let process = try ProcessDescriptor(pid: pid)
        let reading = pipe.intoReading()
        do {
            let output = try read(reading)
            guard try process.waitForEnd(milliseconds: patience) else { throw CredentialError(program, "it hangs") }
            let code = try process.reap(blocking: true)?.code ?? -1
            return Answer(code: code, output: output)
        } catch {
            // `try?`: it may have ended by itself in the meantime; what counts is that nothing stays.
            try? process.signal(SIGKILL)
            _ = try? process.reap(blocking: true)
            throw error
        }
    }

    private func read(_ pipe: borrowing OwnedDescriptor) throws -> [UInt8] {
        let deadline = ContinuousClock.now + .milliseconds(Int64(patience))
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let left = deadline - .now
            guard left > .zero, try pipe.waitReadable(milliseconds: Int32(left / .milliseconds(1)) + 1) else {
                throw CredentialError(program, "it gave no answer within \(patience / 1000) s")
            }
            let count = try buffer.withUnsafeMutableBytes { try pipe.read(into: $0) }
            if count == 0 { return output }
            output += buffer[..<count]
            guard output.count <= Self.longestAnswer else { throw CredentialError(program, "its answer has no end") }
        }
    }
}
