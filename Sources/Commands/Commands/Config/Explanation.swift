import Diagnostics
import StackFile
import StackModel

/// Where the values of variables come from: those that the files put in, and those of the containers.
struct Explanation {
    /// One variable with everything that is known about it.
    struct Entry {
        var name: String
        /// What interpolation sees; `nil`: it isn't set.
        var value: String?
        var source: VariableSource
        var shadowed: [VariableSource]
        var uses: [VariableUse]
        var containers: [ContainerVariable]
    }

    private(set) var entries: [Entry] = []
    /// Names asked for that neither a file nor the environment knows.
    private(set) var unknown: [String] = []
    private let known: Set<String>

    /// - Parameter names: the variables, each alone or as `SERVICE.VARIABLE`; empty: all that the files use.
    init(_ loaded: LoadedStack, names: [String], shell: [String: String] = [:]) {
        let uses = Dictionary(grouping: loaded.variables, by: \.name)
        known = Set(uses.keys).union(loaded.containerVariables.map(\.name))
        for name in names.isEmpty ? uses.keys.sorted() : names {
            let (service, variable) = Self.split(name, services: loaded.stack.services.keys.map { $0 })
            let containers = loaded.containerVariables.filter {
                $0.name == variable && (service == nil || $0.service == service)
            }
            let places = service == nil ? uses[variable] ?? [] : []
            let value = service == nil ? loaded.environment[variable] : nil
            guard !places.isEmpty || !containers.isEmpty || value != nil else {
                unknown.append(name)
                continue
            }
            entries.append(Self.entry(variable, value, places, names.isEmpty ? [] : containers, shell))
        }
    }

    /// `web.TOKEN` is the variable of a service, where there is one of that name.
    private static func split(_ name: String, services: [String]) -> (service: String?, variable: String) {
        for service in services where name.hasPrefix(service + ".") {
            return (service, String(name.dropFirst(service.count + 1)))
        }
        return (nil, name)
    }

    private static func entry(
        _ name: String, _ value: String?, _ uses: [VariableUse], _ containers: [ContainerVariable],
        _ shell: [String: String]
    ) -> Entry {
        // A default belongs to one use; the other sources are the same for all.
        var sources = uses.flatMap { [$0.source] + $0.shadowed }.filter(\.isCommon)
        if sources.isEmpty, let value {
            sources = [VariableSource(kind: shell[name] == value ? .shell : .environmentFile, value: value)]
        }
        var seen: [VariableSource] = []
        for source in sources where !seen.contains(source) { seen.append(source) }
        return Entry(
            name: name, value: value, source: seen.first ?? VariableSource(kind: .unset),
            shadowed: Array(seen.dropFirst()), uses: uses, containers: containers)
    }

    func complaint(_ name: String) -> String {
        let hint = Suggestion.clause(for: name, in: known).map { "; \($0)" } ?? ""
        return "\(name) isn't set, and nothing in the stack uses it\(hint)"
    }

    /// - Throws: ``CommandFailure`` for a format that isn't known.
    func text(format: String?, colored: Bool) throws(CommandFailure) -> String {
        switch format {
        case nil, "", "text", "yaml": ExplanationText(colored: colored).render(entries)
        case "json": JSONText.array(entries.map(Self.json)).render() + "\n"
        default: throw CommandFailure("unsupported format \"\(format ?? "")\": expected text or json")
        }
    }
}

extension VariableSource {
    /// Whether it is the same for every use of the variable.
    fileprivate var isCommon: Bool {
        switch kind {
        case .shell, .environmentFile, .project: true
        case .defaultText, .alternativeText, .serviceFile, .entry, .unset: false
        }
    }
}
