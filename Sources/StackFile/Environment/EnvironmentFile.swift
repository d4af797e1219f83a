import Diagnostics

/// A `.env` file, an `env_file` or a `label_file` on disk.
struct EnvironmentFile {
    /// Absolute.
    var path: String
    /// As messages name it.
    var name: String
    var isRaw = false

    /// Its assignments; what is wrong goes to the findings.
    func read(_ surroundings: DotEnv.Surroundings, _ findings: inout Findings) -> [DotEnv.Assignment] {
        let bytes: [UInt8]
        do throws(FileBytes.Failure) {
            bytes = try FileBytes.read(path)
            findings.note(read: path)
        } catch {
            findings.record(Diagnostic(message: "can't read the env file \(name): \(error.reason)"))
            return []
        }
        let missing = Missing()
        var surroundings = surroundings
        surroundings.missing = { missing.names.append($0) }
        defer {
            for variable in missing.names {
                findings.warning("The \"\(variable)\" variable is not set. Defaulting to a blank string.", at: nil)
            }
        }
        do throws(DotEnv.Failure) {
            if isRaw { return try DotEnv.parseRaw(bytes, lookup: surroundings.stronger) }
            return try DotEnv.parse(bytes, surroundings)
        } catch {
            _ = findings.add(SourceText(name: name, bytes: bytes))
            findings.record(
                Diagnostic(
                    position: Position(file: name, line: error.line, column: 1), message: error.message,
                    suggestion: "write NAME=VALUE"))
            return []
        }
    }

    /// What the parser reports while it runs.
    private final class Missing {
        var names: [String] = []
    }
}
