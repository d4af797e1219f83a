import ArgumentParser
import Kernel
import StackFile
import StackModel

/// `roost lock`.
struct LockCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock", abstract: "Write an override file with the digests of all images",
        usage: "roost lock [OPTIONS] [SERVICE...]",
        discussion: """
            The file is compose.lock.yaml in the project's directory. With -f compose.yaml -f compose.lock.yaml, commands \
            use the very images that the tags stood for when it was written.
            """)

    /// The name of the file.
    static let fileName = "compose.lock.yaml"

    @Option(
        name: [.customShort("o", allowingJoined: true), .customLong("output")], parsing: .unconditional,
        help: "Write to this file instead; - is standard output")
    var output: String?

    @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Don't say where the file is")
    var quiet = false

    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        let loaded = try context.loadStack(services: services, faults: .shown)
        let canonical = loaded.canonical
        let pins = try await DigestLookup(context).pins(for: canonical.imageReferences)
        let text = canonical.replacingImages(pins).onlyImages().yaml()
        guard output != "-" else {
            try context.streams.output.write(text)
            return 0
        }
        let path = output.map(absolutePath) ?? loaded.stack.workingDirectory + "/" + Self.fileName
        try Files.replace(path, with: Array(text.utf8))
        if !quiet { context.streams.error.say("\(path): \(pins.count) image\(pins.count == 1 ? "" : "s") pinned") }
        return 0
    }
}
