import Diagnostics
import StackFile

extension ConfigCommand {
    /// `config --variables`: what the merged files would put variables into, without doing it.
    func writeVariables(in context: Context) throws {
        if !services.isEmpty {
            context.warn("services are not selected with --variables: those of all files are shown")
        }
        let loaded = try context.loadStack(services: [], faults: .passedOver) { request in
            stages.apply(to: &request)
            request.interpolates = false
            request.resolvesEnvironment = false
            request.checksConsistency = false
        }
        let text = try Self.text(of: loaded.canonical.variables, format: format)
        if !quiet || format != "yaml" { try context.streams.output.write(text) }
    }

    static func text(of variables: [TemplateVariable], format: String?) throws(CommandFailure) -> String {
        switch format?.lowercased() {
        case nil, "", "table", "pretty":
            let headers = ["NAME", "REQUIRED", "DEFAULT VALUE", "ALTERNATE VALUE"]
            let rows = variables.map { [$0.name, String($0.isRequired), $0.defaultValue, $0.alternative] }
            return Table(headers: headers, rows: rows).render()
        case "json" where variables.isEmpty: return "{}\n\n"
        case "json":
            let objects = variables.map { variable -> (String, JSONText) in
                let fields: [(String, JSONText)] = [
                    ("Name", .string(variable.name)), ("DefaultValue", .string(variable.defaultValue)),
                    ("PresenceValue", .string(variable.alternative)), ("Required", .boolean(variable.isRequired)),
                ]
                return (variable.name, .object(fields))
            }
            // Compose ends its text with a line of its own.
            return indentedJSON(JSONText.object(objects).render(), level: 0) + "\n\n"
        case "yaml": return CanonicalStack.yaml(of: variables)
        default:
            throw CommandFailure("format value \"\(format ?? "")\" could not be parsed: expected table, json or yaml")
        }
    }
}
