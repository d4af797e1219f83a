import ArgumentParser
import Crypto
import Kernel
import StackFile

/// `roost config`.
struct ConfigCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Parse, resolve and render compose file in canonical format",
        usage: "roost config [OPTIONS] [SERVICE...]")

    @Flag(name: .customLong("environment"), help: "Print environment used for interpolation.")
    var environment = false

    @Flag(
        name: .customLong("explain"),
        help: "Print where each value of a variable comes from, as \"roost why\" does. Not in Compose.")
    var explain = false

    @Option(name: .customLong("format"), help: "Format the output. Values: [yaml | json]")
    var format: String?

    @Option(
        name: .customLong("hash"), parsing: .unconditional,
        help: "Print the service config hash, one per line. Values: [SERVICE,... | *]")
    var hash: String?

    @Flag(name: .customLong("images"), help: "Print the image names, one per line.")
    var images = false

    @Flag(name: .customLong("lock-image-digests"), help: "Produces an override file with image digests")
    var lockDigests = false

    @Flag(name: .customLong("models"), help: "Print the model names, one per line.")
    var models = false

    @Flag(name: .customLong("networks"), help: "Print the network names, one per line.")
    var networks = false

    @OptionGroup var stages: ConfigStages

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

    @Flag(name: .customLong("resolve-image-digests"), help: "Pin image tags to digests")
    var resolveDigests = false

    @Flag(name: .customLong("services"), help: "Print the service names, one per line.")
    var onlyServices = false

    @Flag(name: .customLong("variables"), help: "Print model variables and default values.")
    var variables = false

    @Flag(name: .customLong("volumes"), help: "Print the volume names, one per line.")
    var volumes = false

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var services: [String] = []

    /// Compose looks at its flags in this order, and the first one counts.
    func perform(in context: Context) async throws -> Int32 {
        let output = context.streams.output
        if let list = listed {
            let whole = onlyServices || volumes || networks || models
            let loaded = try context.loadStack(services: whole ? [] : services, faults: .shown) { request in
                stages.apply(to: &request)
                // Names have no variables in them, and profiles select as always.
                if !onlyServices, !images { request.interpolates = true }
            }
            try output.write(list(loaded.canonical).map { $0 + "\n" }.joined())
        } else if let hash, !hash.isEmpty {
            let canonical = try load(services: [], in: context).canonical
            try output.write(Self.hashes(of: hash, services: canonical.services, input: canonical.hashInput))
        } else if variables {
            try writeVariables(in: context)
        } else if environment {
            let loaded = try load(services: services, in: context)
            let lines = loaded.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }
            if !quiet { try output.write(lines.joined()) }
        } else if explain {
            let loaded = try load(services: services, in: context)
            try output.write(
                Explanation(loaded, names: []).text(format: format, colored: context.colorsOutput))
        } else {
            try await writeStack(in: context)
        }
        return 0
    }

    /// What a flag asks to be listed, a name a line.
    private var listed: ((CanonicalStack) -> [String])? {
        if onlyServices { return \.servicesInOrder }
        if volumes { return \.volumes }
        if networks { return \.networks }
        if models { return \.models }
        if hash?.isEmpty == false { return nil }
        if profiles { return \.profiles }
        if images { return \.images }
        return nil
    }

    private func load(services: [String], in context: Context) throws -> LoadedStack {
        try context.loadStack(services: services, faults: .shown, change: stages.apply)
    }

    private func writeStack(in context: Context) async throws {
        if !stages.interpolates, !services.isEmpty {
            context.warn("services are not selected with --no-interpolate: all of them are shown")
        }
        var canonical = try load(services: services, in: context).canonical
        guard ["yaml", "json"].contains(format ?? "yaml") else {
            throw CommandFailure("unsupported format \"\(format ?? "")\": expected yaml or json")
        }
        if resolveDigests || lockDigests {
            canonical = canonical.replacingImages(
                try await DigestLookup(context).pins(for: canonical.imageReferences))
        }
        if lockDigests { canonical = canonical.onlyImages() }
        if quiet { return }
        let text = format == "json" ? canonical.json() : canonical.yaml()
        if let path = output, !path.isEmpty {
            try Files.replace(absolutePath(path), with: Array(text.utf8))
        } else {
            try context.streams.output.write(text)
        }
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
}

/// The flags of `config` that leave out a stage of the loader.
struct ConfigStages: ParsableArguments {
    @Flag(
        name: .customLong("no-consistency"),
        help: "Don't check model consistency - warning: may produce invalid Compose output")
    var noConsistency = false

    @Flag(name: .customLong("no-env-resolution"), help: "Don't resolve service env files")
    var noEnvironment = false

    @Flag(name: .customLong("no-interpolate"), help: "Don't interpolate environment variables")
    var noInterpolation = false

    @Flag(name: .customLong("no-normalize"), help: "Don't normalize compose model")
    var noNormalization = false

    @Flag(name: .customLong("no-path-resolution"), help: "Don't resolve file paths")
    var noPaths = false

    var interpolates: Bool { !noInterpolation }

    func apply(to request: inout LoadRequest) {
        request.checksConsistency = !noConsistency
        request.resolvesEnvironment = !noEnvironment
        request.interpolates = !noInterpolation
        request.normalizes = !noNormalization
        request.resolvesPaths = !noPaths
        request.selectsServices = true
    }
}
