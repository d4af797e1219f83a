import ArgumentParser

extension ParsableCommand {
    /// Parses arguments in which a flag may have a value, as in Go: `--quiet=true`, `--wait=false`.
    static func parseWithFlagValues(_ arguments: [String]) throws -> Self {
        var arguments = arguments
        // Each round takes one such value away.
        for _ in arguments.indices {
            do {
                return try parse(arguments)
            } catch {
                guard let plain = FlagValue(in: message(for: error)).flatMap({ $0.removed(from: arguments) }) else {
                    throw error
                }
                arguments = plain
            }
        }
        return try parse(arguments)
    }
}

/// A flag with a value, which the parser complains of.
private struct FlagValue {
    /// With its dashes.
    let name: String
    let isOn: Bool

    /// Flags that are on unless they are said not to be.
    private static let onByDefault: Set<String> = ["--menu", "--orphans", "--pause", "--prune", "--sig-proxy"]

    init?(in message: String) {
        // `The option '--quiet' does not take any value, but 'true' was specified.`
        let parts = message.split(separator: "'", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[2].contains("does not take any value") else { return nil }
        switch parts[3].lowercased() {
        case "1", "t", "true": isOn = true
        case "0", "f", "false": isOn = false
        default: return nil
        }
        name = String(parts[1].prefix { $0 != "=" })
    }

    func removed(from arguments: [String]) -> [String]? {
        guard let index = arguments.firstIndex(where: { $0.hasPrefix(name + "=") }) else { return nil }
        var result = arguments
        if isOn {
            result[index] = name
        } else if Self.onByDefault.contains(name) {
            result[index] = "--no-" + name.dropFirst(2)
        } else {
            result.remove(at: index)
        }
        return result
    }
}
