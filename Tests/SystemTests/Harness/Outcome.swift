import Testing

/// What a command did: its exit status and what it printed.
struct Outcome: Sendable {
    let command: String
    /// The exit status; 128 + N when signal N ended it.
    let status: Int
    /// Standard output.
    let output: String
    /// Standard error.
    let errors: String

    /// Both outputs, for messages whose stream doesn't matter.
    var text: String { errors + output }
    /// The lines of standard output.
    var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// Ends the test unless the command ended with status 0.
    @discardableResult
    func succeeds(_ location: SourceLocation = #_sourceLocation) throws -> Outcome {
        try ends(with: 0, location)
    }

    /// Ends the test unless the command ended with `expected`.
    @discardableResult
    func ends(with expected: Int, _ location: SourceLocation = #_sourceLocation) throws -> Outcome {
        guard status == expected else {
            throw ScenarioFailure("expected exit status \(expected)\n\(self.description)", location)
        }
        return self
    }

    /// Records a failure unless the command failed and its one-line message holds each of `words`.
    @discardableResult
    func fails(saying words: String..., at location: SourceLocation = #_sourceLocation) -> Outcome {
        #expect(status > 0 && status < 128, "it must fail, not be killed: \(description)", sourceLocation: location)
        for word in words {
            #expect(text.contains(word), "the message must say `\(word)`: \(description)", sourceLocation: location)
        }
        for dump in ["Fatal error", "Swift.", "Error(", "Optional("] {
            #expect(!text.contains(dump), "a Swift dump is no message: \(description)", sourceLocation: location)
        }
        return self
    }

    /// Records a failure unless the outputs hold each of `words`.
    @discardableResult
    func says(_ words: String..., at location: SourceLocation = #_sourceLocation) -> Outcome {
        for word in words {
            #expect(text.contains(word), "it must say `\(word)`: \(description)", sourceLocation: location)
        }
        return self
    }

    /// Standard output as one JSON document.
    func json(_ location: SourceLocation = #_sourceLocation) throws -> JSON {
        do {
            return try JSON(output)
        } catch {
            throw ScenarioFailure("no JSON: \(error)\n\(description)", location)
        }
    }

    /// Standard output as JSON documents, one a line.
    func jsonLines(_ location: SourceLocation = #_sourceLocation) throws -> [JSON] {
        do {
            return try lines.map { try JSON($0) }
        } catch {
            throw ScenarioFailure("no JSON lines: \(error)\n\(description)", location)
        }
    }
}

extension Outcome: CustomStringConvertible {
    var description: String {
        "`\(command)` ended with \(status)\n--- output\n\(output)--- errors\n\(errors)---"
    }
}

/// Ends a scenario: what was expected and what was there instead.
struct ScenarioFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String, _ location: SourceLocation) {
        self.description = "\(location.fileName):\(location.line): \(description)"
    }
}

/// Looks until `condition` holds; a look that throws counts as one that does not hold. Nothing is timed by it: the limit
/// is only there so that a broken build ends.
@discardableResult
func eventually<Result>(
    _ intent: String, within limit: Duration = .seconds(20), every pause: Duration = .milliseconds(25),
    at location: SourceLocation = #_sourceLocation, _ look: () async throws -> Result?
) async throws -> Result {
    let deadline = ContinuousClock.now + limit
    var last = "it never held"
    repeat {
        do {
            if let result = try await look() { return result }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            last = "\(error)"
        }
        try await Task.sleep(for: pause)
    } while ContinuousClock.now < deadline
    throw ScenarioFailure("\(intent): not within \(limit); \(last)", location)
}

/// As above, for a plain condition.
func eventually(
    _ intent: String, within limit: Duration = .seconds(20), every pause: Duration = .milliseconds(25),
    at location: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
    try await eventually(intent, within: limit, every: pause, at: location) { () async throws -> Void? in
        try await condition() ? () : nil
    }
}
