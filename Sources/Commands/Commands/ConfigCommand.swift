import ArgumentParser
import Crypto
import Kernel
import StackFile
import StackModel

/// `roost config`.
struct ConfigCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Parse, resolve and render compose file in canonical format",
        usage: "roost config [OPTIONS] [SERVICE...]")
    static let unsupported = [
        "--environment", "--lock-image-digests", "--models", "--no-consistency", "--no-env-resolution",
        "--no-interpolate", "--no-normalize", "--no-path-resolution", "--resolve-image-digests", "--variables",
    ]

    @Option(name: .customLong("format"), help: "Format the output. Values: [yaml | json]")
    var format: String?

    @Option(
        name: .customLong("hash"), parsing: .unconditional,
        help: "Print the service config hash, one per line. Values: [SERVICE,... | *]")
    var hash: String?

    @Flag(name: .customLong("images"), help: "Print the image names, one per line.")
    var images = false

    @Flag(name: .customLong("networks"), help: "Print the network names, one per line.")
    var networks = false

    @Option(
        name: [.customShort("o", allowingJoined: true), .customLong("output")], parsing: .unconditional,
        help: "Save to file (default to stdout)")
    var output: String?

    @Flag(name: .customLong("profiles"), help: "Print the profile names, one per line.")
    var profiles = false

    @Flag(
        name: [.customShort("q"), .customLong("quiet")],
        help: "Only validate the configuration, don't print anything")
    var quiet = false

    @Flag(name: .customLong("services"), help: "Print the service names, one per line.")
    var onlyServices = false

    @Flag(name: .customLong("volumes"), help: "Print the volume names, one per line.")
    var volumes = false

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        guard [nil, "yaml", "json"].contains(format) else {
            throw CommandFailure("unsupported --format value \"\(format ?? "")\": expected yaml or json")
        }
        // As in Compose, hashes are of enabled services only, and go to standard output.
        let isHash = hash?.isEmpty == false && !onlyServices && !volumes && !networks
        let loaded = try context.loadStack(services: isHash ? [] : services, faults: .shown)
        if let hash, isHash {
            let canonical = loaded.canonical
            try context.streams.output.write(
                Self.hashes(of: hash, services: canonical.services, input: canonical.hashInput))
            return 0
        }
        if quiet { return 0 }
        let text = text(of: loaded.canonical)
        if let output {
            try Files.replace(absolutePath(output), with: Array(text.utf8))
        } else {
            try context.streams.output.write(text)
        }
        return 0
    }

    /// `NAME SHA-256`, a line for each of the services named, in order of their names.
    static func hashes(
        of selection: String, services: [String], input: (String) -> String?
    ) throws(CommandFailure) -> String {
        let names =
            selection == "*"
            ? services
            : Set(selection.split(separator: ",", omittingEmptySubsequences: false).map(String.init)).sorted()
        var text = ""
        for name in names {
            guard let input = input(name) else { throw .noSuchService(name) }
            let digest = SHA256.hash(data: Array(input.utf8))
            text += name + " " + digest.map { leftPadded(String($0, radix: 16), to: 2, with: "0") }.joined() + "\n"
        }
        return text
    }

    private func text(of canonical: CanonicalStack) -> String {
        func lines(_ names: [String]) -> String { names.map { $0 + "\n" }.joined() }
        if onlyServices { return lines(canonical.services) }
        if volumes { return lines(canonical.volumes) }
        if networks { return lines(canonical.networks) }
        if profiles { return lines(canonical.profiles) }
        if images { return lines(canonical.images) }
        return format == "json" ? canonical.json() : canonical.yaml()
    }
}
