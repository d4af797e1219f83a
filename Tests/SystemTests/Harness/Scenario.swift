import Foundation
import Synchronization
import Testing

/// Runs one scenario on a host of its own, and then looks for what it left behind.
///
/// Whatever happens, the stacks are taken down, the host goes away, and when something went wrong its logs are printed.
func onHost(
    at location: SourceLocation = #_sourceLocation, _ scenario: (Host) async throws -> Void
) async throws {
    await Slots.shared.take()
    let result = await Result { try await run(scenario, at: location) }
    await Slots.shared.give()
    try result.get()
}

private func run(_ scenario: (Host) async throws -> Void, at location: SourceLocation) async throws {
    let host = try Host()
    let record = FailureRecord()
    let result = await Result {
        try await FailureRecord.$current.withValue(record) {
            let machine = try await host.machine()
            let before = try await host.snapshot()
            let result = await Result { try await scenario(host) }
            if case .failure = result { record.note() }
            if record.hasFailures { await report(host) }
            try await host.takeDown()
            try await host.expectNothingLeft(since: before, at: location)
            let after = try await host.machine()
            #expect(after == machine, "the machine's own network must stay as it was", sourceLocation: location)
            try result.get()
        }
    }
    try await host.close()
    try result.get()
}

/// Prints what helps to understand a failure: the state of the stack and every log below the run directory.
private func report(_ host: Host) async {
    var lines = ["==== \(host.name): artefacts"]
    for arguments in [["ps", "-a"], ["logs", "--tail", "20"]] {
        // Only a report: where the command fails too, the rest still helps.
        let outcome = try? await host.start(roost: arguments).outcome(within: .seconds(10))
        lines.append(outcome?.description ?? "`roost \(arguments)` did not end")
    }
    let paths = [host.root, host.runRoot].flatMap { root in
        (FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []).map { join(root, $0) }
    }
    for path in paths where path.hasSuffix(".log") && !path.contains("/blobs/") {
        // As above: a log that went away is no reason to print none.
        let text = (try? host.read(path)) ?? ""
        lines.append("---- \(path)\n\(text.suffix(4000))")
    }
    print(lines.joined(separator: "\n"))
}

/// Whether a scenario had failures so far; expectations that fail don't throw.
final class FailureRecord: Sendable {
    @TaskLocal static var current: FailureRecord?
    private let failed = Atomic<Bool>(false)

    var hasFailures: Bool { failed.load(ordering: .relaxed) }
    func note() { failed.store(true, ordering: .relaxed) }
}

extension Trait where Self == IssueHandlingTrait {
    /// Lets `onHost` know of failed expectations, so that it prints the artefacts of those scenarios.
    static var reported: Self {
        .compactMapIssues { issue in
            FailureRecord.current?.note()
            return issue
        }
    }
}

extension Result where Failure == any Error {
    /// The outcome of an asynchronous call.
    init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
