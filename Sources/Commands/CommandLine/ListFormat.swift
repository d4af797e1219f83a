import Templates

/// What `--format` makes of a list.
enum ListFormat {
    case table, json
    case template(RowTemplate)

    init(option: String?) throws(CommandFailure) {
        switch option {
        case nil, "", "table", "pretty": self = .table
        case "json": self = .json
        case let text?: self = .template(try RowTemplate(text))
        }
    }
}

/// A Go template for each line; one that begins with `table` has a line of titles and columns.
struct RowTemplate {
    private let template: Template
    private let isTable: Bool

    init(_ text: String) throws(CommandFailure) {
        // As in Docker, which takes `\t` and `\n` for what they stand for wherever they are.
        let plain = text.replacing("\\t", with: "\t").replacing("\\n", with: "\n")
        isTable = plain.hasPrefix("table ")
        do throws(TemplateError) {
            template = try Template(isTable ? String(plain.dropFirst("table ".count)) : plain)
        } catch {
            throw CommandFailure("\(error)")
        }
    }

    /// A line for each row, which is a JSON object.
    ///
    /// - Parameter own: titles of columns that mean something else for this list.
    func render(_ rows: [String], titles own: [String: String] = [:]) throws(CommandFailure) -> String {
        do throws(TemplateError) {
            var lines: [String] = []
            for row in rows { lines.append(try template.render(try TemplateValue(json: row))) }
            guard isTable else { return lines.map { $0 + "\n" }.joined() }
            let titles = template.fields.sorted().map { TemplateField($0, .text(own[$0] ?? Self.title($0))) }
            return Table(
                headers: Self.cells(try template.render(.object(titles))), rows: lines.map(Self.cells),
                minimumWidth: 10
            )
            .render()
        } catch {
            throw CommandFailure("\(error)")
        }
    }

    private static func cells(_ line: String) -> [String] {
        line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }

    /// Docker's title of a column.
    private static func title(_ field: String) -> String {
        switch field {
        case "ID": "CONTAINER ID"
        case "RunningFor": "CREATED"
        case "CreatedAt": "CREATED AT"
        case "CPUPerc": "CPU %"
        case "MemUsage": "MEM USAGE / LIMIT"
        case "MemPerc": "MEM %"
        case "NetIO": "NET I/O"
        case "BlockIO": "BLOCK I/O"
        case "LocalVolumes": "LOCAL VOLUMES"
        default: field.uppercased()
        }
    }
}
