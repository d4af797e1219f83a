import Diagnostics
import StackFile

/// An explanation for people.
struct ExplanationText {
    var colored: Bool

    func render(_ entries: [Explanation.Entry]) -> String {
        entries.map { entry in
            var lines: [String] = []
            if entry.value != nil || !entry.uses.isEmpty { lines += interpolation(entry) }
            for variable in entry.containers { lines += container(variable) }
            return lines.map { $0 + "\n" }.joined()
        }.joined(separator: "\n")
    }

    private func interpolation(_ entry: Explanation.Entry) -> [String] {
        var lines = [head(entry.name, entry.value, entry.source)] + entry.shadowed.map(Self.shadowed)
        if entry.uses.isEmpty { lines.append("  no file of the stack uses it") }
        var rows: [[String]] = []
        for use in entry.uses {
            rows.append([
                "  " + use.path, use.position?.description ?? "", Self.expression(use),
                "→ " + Self.shown(use.value) + note(use),
            ])
        }
        return lines + Self.aligned(rows)
    }

    private func note(_ use: VariableUse) -> String {
        guard use.isReached else { return " (not needed there)" }
        return switch use.source.kind {
        case .defaultText: " (the default)"
        case .alternativeText: " (the alternative)"
        default: ""
        }
    }

    private func container(_ variable: ContainerVariable) -> [String] {
        [head("\(variable.name) in \(variable.service)'s containers", variable.value, variable.source)]
            + variable.shadowed.map(Self.shadowed)
    }

    private func head(_ name: String, _ value: String?, _ source: VariableSource) -> String {
        let title = Style.boldCyan.apply(name, colored: colored)
        guard let value else { return "\(title) isn't set" }
        return "\(title) is \(Self.shown(value)), \(Self.origin(source))"
    }

    private static func shadowed(_ source: VariableSource) -> String {
        "  instead of \(shown(source.value ?? "")), \(origin(source))"
    }

    private static func origin(_ source: VariableSource) -> String {
        let place = source.position.map { " (\($0))" } ?? ""
        let words =
            switch source.kind {
            case .shell: "from the shell"
            case .environmentFile:
                source.position.map { "from line \($0.line) of \($0.file)" } ?? "from an environment file"
            case .project: "from the project's name"
            case .defaultText: "the default in the file" + place
            case .alternativeText: "the alternative in the file" + place
            case .serviceFile:
                source.position.map { "from line \($0.line) of the env_file \($0.file)" } ?? "from an env_file"
            case .entry: "from the service's environment" + place
            case .unset: "set nowhere"
            }
        return words
    }

    private static func expression(_ use: VariableUse) -> String {
        use.operator == .none
            ? "${\(use.name)}" : "${\(use.name)\(use.operator.rawValue)\(visible(use.operand, limit: 40))}"
    }

    /// In quotes, on one line, and unable to steer the terminal.
    private static func shown(_ value: String) -> String { quoted(ellipsized(value, to: 200)) }

    private static func visible(_ text: String, limit: Int) -> String {
        String(quoted(ellipsized(text, to: limit)).dropFirst().dropLast())
    }

    /// Columns two blanks apart.
    private static func aligned(_ rows: [[String]]) -> [String] {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.unicodeScalars.count)
            }
        }
        return rows.map { row in
            row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : padded(cell, to: widths[column] + 2)
            }.joined()
        }
    }
}
