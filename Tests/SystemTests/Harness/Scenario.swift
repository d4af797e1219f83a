import Foundation
import Synchronization
import Testing

/// Runs one scenario on a host of its own, and then looks for what it left behind.
///
/// Whatever happens, the stacks are taken down, the host goes away, and when something went wrong its logs are printed.
func onHost(
    at location: SourceLocation = #_sourceLocation, _ scenario: (Host) async throws -> Void
) async throws {
    let host: Host
    let before: Before
    let result: Result<Void, any Error>
    await Slots.shared.take()
    do {
        host = try Host()
        before = try await Before(host)
        result = await Result {
            try await FailureRecord.$current.withValue(FailureRecord()) { try await run(scenario, host) }
        }
    } catch {
        await Slots.shared.give()
        throw error
    }
    // A supervisor stays a little after its last stack; other scenarios needn't wait for that.
    await Slots.shared.give()
    let leaks = await Result { try await before.compare(with: host, at: location) }
    try await host.close()
    try result.get()
    try leaks.get()
}

/// Carries the scenario out, reports its failures, and takes its stacks down in any case.
private func run(_ scenario: (Host) async throws -> Void, _ host: Host) async throws {
    let result = await Result { try await scenario(host) }
    if case .failure = result { FailureRecord.current?.note() }
    if FailureRecord.current?.hasFailures == true { await report(host) }
    try await host.endCommands()
    try await host.takeDown()
    try result.get()
}

/// What was there before a scenario: on its host, and on the machine under it.
private struct Before {
    let host: Set<String>
    let machine: [String]

    init(_ host: Host) async throws {
        machine = try await host.machine()
        self.host = try await host.snapshot()
    }

    func compare(with host: Host, at location: SourceLocation) async throws {
        try await host.expectNothingLeft(since: self.host, at: location)
        let after = try await host.machine()
        #expect(after == machine, "the machine's own network must stay as it was", sourceLocation: location)
    }
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
