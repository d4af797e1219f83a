import ArgumentParser
import ControlAPI

/// `roost version`.
struct VersionCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Show the Roost version information", usage: "roost version [OPTIONS]")

    @Option(
        name: [.customShort("f", allowingJoined: true), .customLong("format")],
        help: "Format the output. Values: [pretty | json]. (Default: pretty)")
    var format: String?

    @Flag(name: .customLong("short"), help: "Shows only Roost's version number")
    var short = false

    @OptionGroup var dry: DryRunOption

    func perform(in context: Context) async throws -> Int32 {
        try Self.print(format: format, short: short, to: context.streams.output)
    }

    static func print(format: String?, short: Bool, to output: Output) throws -> Int32 {
        try output.write(try text(format: format, short: short) + "\n")
        return 0
    }

    static func text(format: String?, short: Bool) throws(CommandFailure) -> String {
        if short { return roostVersion }
        switch format {
        case nil, "pretty", "": return "Roost version v\(roostVersion)"
        case "json": return JSONText.object([("version", .string("v\(roostVersion)"))]).render()
        case let other?: throw CommandFailure("unsupported --format value \"\(other)\": expected pretty or json")
        }
    }
}
