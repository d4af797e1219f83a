import ArgumentParser
import StackFile

/// `roost why`: where the value of a variable comes from. Compose has nothing like it.
struct WhyCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Tell where the values of variables come from, and what they shadow",
        usage: "roost why [OPTIONS] VARIABLE|SERVICE.VARIABLE...",
        discussion: "Without a name, every variable that the files use is explained. Values are shown as they are, "
            + "secrets too: mind who reads along.")

    @Option(name: .customLong("format"), help: "Format the output. Values: [text | json]")
    var format: String?

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var names: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        let loaded = try context.loadStack(faults: .passedOver)
        let explanation = Explanation(loaded, names: names, shell: context.environment)
        try context.streams.output.write(explanation.text(format: format, colored: context.colorsOutput))
        guard explanation.unknown.isEmpty else {
            throw CommandFailure(explanation.unknown.map(explanation.complaint).joined(separator: "\n"))
        }
        return 0
    }
}
