import ControlAPI

extension Context {
    /// What `inspect` prints of several things: a list, or what a template makes of each. What isn't there is told at the
    /// end, and the command ends with 1.
    ///
    /// - Parameter find: one thing as JSON; it throws the ``Refusal`` of who knows nothing of it.
    func inspect(
        _ names: [String], format: String?, _ find: (String) async throws -> String
    ) async throws -> Int32 {
        let isTemplate = ![nil, "", "json"].contains(format)
        let template = isTemplate ? try RowTemplate(format ?? "") : nil
        var found: [String] = []
        var failures: [String] = []
        for name in names {
            do {
                found.append(try await find(name))
            } catch let refusal as Refusal {
                failures.append(refusal.message)
            }
        }
        if let template {
            try streams.output.write(try template.render(found))
        } else {
            let list = "[" + found.joined(separator: ",") + "]"
            try streams.output.write((format == "json" ? list : indentedJSON(list)) + "\n")
        }
        try streams.output.flush()
        for failure in failures { streams.error.say(failure) }
        return failures.isEmpty ? 0 : 1
    }
}
