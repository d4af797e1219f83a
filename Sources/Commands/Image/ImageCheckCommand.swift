import ArgumentParser
import ControlAPI

/// `roost image check`.
struct ImageCheckCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Verify everything in the image store",
        usage: "roost image check [OPTIONS]",
        discussion: "Ends with 1 if something is wrong that wasn't repaired.")

    @Option(name: .customLong("format"), help: "Format the output. Values: [table | json] (default \"table\")")
    var format: String?

    @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Only tell what is wrong")
    var quiet = false

    @Flag(name: .customLong("repair"), help: "Remove what is wrong, and make again what can be made")
    var repair = false

    func perform(in context: Context) async throws -> Int32 {
        let format = try OutputFormat(option: format)
        let request = try ControlRequest(.checkImages, body: ImageCheckRequest(repair: repair))
        let check = try await context.work(request, operation: "check", quiet: quiet || format == .json) {
            if case .checked(let report) = $0 { report } else { nil }
        }
        try context.streams.output.write(format == .json ? Self.json(check) : Self.text(check, quiet: quiet))
        return check.isClean ? 0 : 1
    }

    static func text(_ check: StoreReport, quiet: Bool) -> String {
        var text = check.problems.map { "\($0)\n" }.joined()
        text += check.incomplete.map { "\($0) is not whole any more: pull or load it again\n" }.joined()
        guard !quiet else { return text }
        text +=
            "Checked \(check.images) images, \(check.blobs) blobs, \(check.layers) layers, \(humanSize(check.bytes))"
        if check.unreferenced > 0 { text += "; \(humanSize(check.unreferenced)) are of no image (prune frees them)" }
        return text + "\n"
    }

    static func json(_ check: StoreReport) -> String {
        let problems = check.problems.map { problem in
            JSONText.object(
                [("subject", .string(problem.subject)), ("detail", .string(problem.detail))]
                    + (problem.repair.map { [("repair", JSONText.string($0))] } ?? []))
        }
        return JSONText.object([
            ("clean", .boolean(check.isClean)), ("problems", .array(problems)),
            ("incomplete", .array(check.incomplete.map { .string($0) })), ("images", .number(Int64(check.images))),
            ("blobs", .number(Int64(check.blobs))), ("layers", .number(Int64(check.layers))),
            ("bytes", .number(check.bytes)), ("unreferenced", .number(check.unreferenced)),
        ]).render() + "\n"
    }
}
