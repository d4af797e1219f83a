import ArgumentParser
import ControlAPI
import Kernel

/// `roost image ls`.
struct ImageListCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List images", usage: "roost image ls [OPTIONS] [REPOSITORY[:TAG]]",
        discussion: "Filters: before, dangling, label, reference, since, until.")
    static let unsupported = ["--tree"]
    static let filterKeys: Set<String> = ["before", "dangling", "label", "reference", "since", "until"]

    @OptionGroup var options: ImageListOptions
    @Argument(help: .hidden) var repository: String?

    func perform(in context: Context) async throws -> Int32 {
        try await options.perform(repository: repository, in: context)
    }
}

/// The options that `image ls` and, without a stack, `images` share.
struct ImageListOptions: ParsableArguments {
    @Flag(name: [.customShort("a"), .customLong("all")], help: "Show all images (Roost keeps no intermediate ones)")
    var all = false

    @Flag(name: .customLong("digests"), help: "Show digests")
    var digests = false

    @Option(
        name: [.customShort("f", allowingJoined: true), .customLong("filter")], parsing: .unconditionalSingleValue,
        help: "Filter output based on conditions provided")
    var filters: [String] = []

    @Option(name: .customLong("format"), help: "Format the output. Values: [table | json] (default \"table\")")
    var format: String?

    @Flag(name: .customLong("no-trunc"), help: "Don't truncate output")
    var noTruncation = false

    @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Only show image IDs")
    var quiet = false
}

extension ImageListOptions {
    /// Something is asked that only the whole store has an answer to.
    var isOfStore: Bool { all || digests || noTruncation || !filters.isEmpty }

    func perform(repository: String?, in context: Context) async throws -> Int32 {
        let format = try OutputFormat(option: format)
        let now = Timestamp.now()
        var filters = try ImageFilters(filters, allowed: ImageListCommand.filterKeys, now: now)
        if let repository { filters.references.append(repository) }
        let rows = try await context.client().fetch(ControlRequest(.images))
        let text = try Self.text(rows, filters: filters, format: format, options: self, now: now)
        try context.streams.output.write(text)
        return 0
    }

    static func text(
        _ rows: [ImageSummary], filters: ImageFilters, format: OutputFormat, options: ImageListOptions, now: Int64
    ) throws(CommandFailure) -> String {
        for name in filters.before + filters.since where created(name, rows) == nil {
            throw CommandFailure("No such image: \(name)")
        }
        let shown = rows.filter { filters.accepts($0) { created($0, rows) } }
        let table = ImageTable(
            rows: shown, now: now, truncated: !options.noTruncation, digests: options.digests,
            platforms: hasSeveralPlatforms(shown))
        if options.quiet { return table.ids() }
        return format == .json ? table.json() : table.table()
    }

    private static func created(_ name: String, _ rows: [ImageSummary]) -> Int64? {
        rows.first { row in
            row.name == name || row.repository == name && row.tag == "latest" || row.id == name
                || name.count >= 4 && row.id.drop { $0 != ":" }.dropFirst().hasPrefix(name)
        }?.created
    }

    private static func hasSeveralPlatforms(_ rows: [ImageSummary]) -> Bool {
        var seen: [String: String] = [:]
        return rows.contains { row in
            guard let name = row.name, let platform = row.platform else { return false }
            if let other = seen[name], other != platform { return true }
            seen[name] = platform
            return false
        }
    }
}
