import ArgumentParser
import ControlAPI
import OCI

/// `roost commit`.
struct CommitCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "commit", abstract: "Create a new image from a service container's changes",
        usage: "roost commit [OPTIONS] SERVICE [REPOSITORY[:TAG]]")

    @Option(
        name: [.customShort("a", allowingJoined: true), .customLong("author")], parsing: .unconditional,
        help: "Author (e.g., \"John Hannibal Smith <hannibal@a-team.com>\")")
    var author: String?

    @Option(
        name: [.customShort("c", allowingJoined: true), .customLong("change")], parsing: .unconditionalSingleValue,
        help: "Apply Dockerfile instruction to the created image")
    var changes: [String] = []

    @Option(name: .customLong("index"), help: "index of the container if service has multiple replicas.")
    var index: Int?

    @Option(
        name: [.customShort("m", allowingJoined: true), .customLong("message")], parsing: .unconditional,
        help: "Commit message")
    var message: String?

    @Flag(
        name: [.customShort("p"), .customLong("pause")], inversion: .prefixedNo,
        help: "Pause container during commit (default true)")
    var pause = true

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var words: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        guard (1...2).contains(words.count) else {
            throw CommandFailure("requires at least 1 and at most 2 arg(s), received \(words.count)")
        }
        let container = try await context.container(of: words[0], index: index)
        let request = try request()
        if context.isDry(dry) {
            context.sayDryRun("Container \(container.name)", "Committed", request.reference?.familiar ?? "")
            return 0
        }
        let post = try ControlRequest(.commitContainer, container.id, body: request)
        _ = try await context.work(post, operation: "commit") { result in
            if case .committed(let id)? = result { id } else { nil }
        }
        return 0
    }

    private func request() throws -> CommitRequest {
        var request = CommitRequest()
        request.author = author
        request.message = message
        request.changes = changes
        request.pause = pause
        if words.count == 2 { request.reference = try reference(words[1]) }
        return request
    }
}
