import Diagnostics

/// A `.env` file or an `env_file` on disk.
struct EnvironmentFile {
    /// Absolute.
    var path: String
    /// As messages name it.
    var name: String
    var isRaw = false

    /// Its assignments; what is wrong goes to the findings.
    func read(lookup: @escaping (String) -> String?, _ findings: inout Findings) -> [DotEnv.Assignment] {
        let bytes: [UInt8]
        do throws(FileBytes.Failure) {
            bytes = try FileBytes.read(path)
        } catch {
            findings.record(Diagnostic(message: "can't read the env file \(name): \(error.reason)"))
            return []
        }
        var missing: [String] = []
        let result = parse(bytes, lookup) { missing.append($0) }
        for variable in missing {
            findings.warning("The \"\(variable)\" variable is not set. Defaulting to a blank string.", at: nil)
        }
        switch result {
        case .success(let assignments): return assignments
        case .failure(let failure):
            _ = findings.add(SourceText(name: name, bytes: bytes))
            findings.record(
                Diagnostic(
                    position: Position(file: name, line: failure.line, column: 1), message: failure.message,
                    suggestion: "write NAME=VALUE"))
            return []
        }
    }

    private func parse(
        _ bytes: [UInt8], _ lookup: @escaping (String) -> String?, _ note: (String) -> Void
    ) -> Result<[DotEnv.Assignment], DotEnv.Failure> {
        withoutActuallyEscaping(note) { note in
            do throws(DotEnv.Failure) {
                return .success(
                    try isRaw ? DotEnv.parseRaw(bytes) : DotEnv.parse(bytes, lookup: lookup, missing: note))
            } catch {
                return .failure(error)
            }
        }
    }
}
