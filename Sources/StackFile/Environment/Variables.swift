import Diagnostics

/// The variables that interpolation sees, and for each the sources that have it.
struct Variables: Sendable {
    private(set) var values: [String: String]
    private let shell: [String: String]
    /// The assignments of environment files, layer for layer; an earlier layer wins over a later one, and within a
    /// layer the last assignment.
    private var layers: [[String: [VariableSource]]] = []
    private var project: String?

    static let projectName = "COMPOSE_PROJECT_NAME"

    init(shell: [String: String]) {
        self.shell = shell
        values = shell
    }

    subscript(name: String) -> String? { values[name] }

    /// The stack's name, once it is known, wins over whatever was set.
    mutating func setProject(_ name: String) {
        project = name
        values[Self.projectName] = name
    }

    /// Reads environment files as one layer: a later file wins over an earlier one, and what is there already over all.
    mutating func add(_ files: [EnvironmentFile], _ findings: inout Findings) {
        let known = values
        var layer: [String: [VariableSource]] = [:]
        var added: [String: String] = [:]
        for file in files {
            let before = added
            let surroundings = DotEnv.Surroundings(stronger: { known[$0] }, weaker: { before[$0] })
            for entry in file.read(surroundings, &findings) {
                guard let value = entry.value else { continue }
                added[entry.name] = value
                layer[entry.name, default: []].append(
                    VariableSource(
                        kind: .environmentFile, value: value,
                        position: Position(file: file.name, line: entry.line, column: 1)))
            }
        }
        values.merge(added) { known, _ in known }
        if !layer.isEmpty { layers.append(layer) }
    }

    /// Leaves out what environment files say about other variables.
    mutating func keepOnly(_ isKept: (String) -> Bool) {
        for index in layers.indices {
            for name in layers[index].keys where !isKept(name) {
                layers[index][name] = nil
                values[name] = shell[name]
            }
        }
    }

    /// Whatever has the variable, the strongest first.
    func sources(of name: String) -> [VariableSource] {
        var result: [VariableSource] = []
        if name == Self.projectName, let project { result.append(VariableSource(kind: .project, value: project)) }
        if let value = shell[name] { result.append(VariableSource(kind: .shell, value: value)) }
        for layer in layers { result += (layer[name] ?? []).reversed() }
        return result
    }
}
