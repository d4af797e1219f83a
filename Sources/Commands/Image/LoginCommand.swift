import ArgumentParser
import ControlAPI
import Glibc
import Kernel

/// `roost login`.
struct LoginCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "login", abstract: "Authenticate to a registry", usage: "roost login [OPTIONS] [SERVER]",
        discussion: "Without SERVER it is Docker Hub. The password is kept where Docker's own configuration says.")

    @Option(
        name: [.customShort("u", allowingJoined: true), .customLong("username")], parsing: .unconditional,
        help: "Username")
    var user: String?

    @Option(
        name: [.customShort("p", allowingJoined: true), .customLong("password")], parsing: .unconditional,
        help: "Password or token; others on this host can see it, so --password-stdin is better")
    var password: String?

    @Flag(name: .customLong("password-stdin"), help: "Take the password from standard input")
    var passwordFromInput = false

    @Argument(help: .hidden) var server: String?

    func perform(in context: Context) async throws -> Int32 {
        let (user, password) = try credentials(in: context)
        let body = LoginRequest(
            registry: server ?? "", user: user, password: password, registryEnvironment: context.registryEnvironment)
        let file = try await context.work(
            ControlRequest(.login, body: body), operation: "login", quiet: true
        ) { result -> String?? in
            if case .loggedIn(let file) = result { .some(file) } else { nil }
        }
        if let file {
            context.streams.error.say(
                "WARNING! Your credentials are stored unencrypted in '\(file)'; a credential helper (credsStore) avoids it"
            )
        }
        try context.streams.output.write("Login Succeeded\n")
        return 0
    }

    private func credentials(in context: Context) throws -> (user: String, password: String) {
        if passwordFromInput {
            guard password == nil else {
                throw CommandFailure("--password and --password-stdin are mutually exclusive")
            }
            guard let user, !user.isEmpty else {
                throw CommandFailure("Must provide --username with --password-stdin")
            }
            guard let line = readLine(), !line.isEmpty else {
                throw CommandFailure("there is no password on standard input")
            }
            return (user, line)
        }
        if password != nil {
            context.streams.error.say("WARNING! Using --password via the CLI is insecure. Use --password-stdin.")
        }
        let isInteractive = context.streams.inputIsTerminal
        guard isInteractive || user != nil && password != nil else {
            throw CommandFailure(
                "Cannot perform an interactive login from a non TTY device; use -u and --password-stdin")
        }
        let name = try user ?? ask("Username: ", in: context)
        guard !name.isEmpty else { throw CommandFailure("username is empty") }
        let secret = try password ?? askSecretly("Password: ", in: context)
        guard !secret.isEmpty else { throw CommandFailure("password is empty") }
        return (name, secret)
    }

    private func ask(_ question: String, in context: Context) throws -> String {
        try context.streams.output.write(question)
        try context.streams.output.flush()
        return readLine() ?? ""
    }

    /// Reads a line that the terminal doesn't show. Ctrl-C comes as a byte like others, so that the terminal is itself
    /// again before the process ends.
    private func askSecretly(_ question: String, in context: Context) throws -> String {
        try context.streams.output.write(question)
        try context.streams.output.flush()
        let terminal = try RawTerminal(descriptor: STDIN_FILENO)
        var line: [UInt8] = []
        reading: while true {
            var byte: UInt8 = 0
            let count = Glibc.read(STDIN_FILENO, &byte, 1)
            if count < 0, errno == EINTR { continue }
            switch (count, byte) {
            case (1, 3): throw CancellationError()
            case (1, 8), (1, 127):
                // A whole character, of however many bytes.
                while let last = line.popLast(), last & 0xC0 == 0x80 {}
            case (1, 21): line = []
            case (1, 10), (1, 13), (1, 4): break reading
            case (1, _): line.append(byte)
            default: break reading
            }
        }
        _ = consume terminal
        try context.streams.output.write("\n")
        return String(decoding: line, as: UTF8.self)
    }
}

/// `roost logout`.
struct LogoutCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout", abstract: "Log out from a registry", usage: "roost logout [SERVER]")

    @Argument(help: .hidden) var server: String?

    func perform(in context: Context) async throws -> Int32 {
        let body = LogoutRequest(registry: server ?? "", registryEnvironment: context.registryEnvironment)
        let (registry, wasThere) = try await context.work(
            ControlRequest(.logout, body: body), operation: "logout", quiet: true
        ) {
            if case .loggedOut(let registry, let wasLoggedIn) = $0 { (registry, wasLoggedIn) } else { nil }
        }
        try context.streams.output.write(
            wasThere ? "Removing login credentials for \(registry)\n" : "Not logged in to \(registry)\n")
        return 0
    }
}
