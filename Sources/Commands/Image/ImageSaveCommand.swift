import ArgumentParser
import ControlAPI
import Kernel
import OCI

/// `roost image save`.
struct ImageSaveCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "save", abstract: "Save one or more images to a tar archive",
        usage: "roost image save [OPTIONS] IMAGE [IMAGE...]")

    @Option(name: .customLong("format"), help: "The form of the archive: docker-archive or oci-archive")
    var format: String = "docker-archive"

    @Option(
        name: [.customShort("o", allowingJoined: true), .customLong("output")], parsing: .unconditional,
        help: "Write to a file, instead of STDOUT")
    var output: String?

    @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Don't show progress")
    var quiet = false

    @OptionGroup var platform: PlatformOption
    @Argument(help: .hidden) var images: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        try requireArguments(images, atLeast: 1, of: "image save")
        guard let form = ImageSource.ArchiveForm(rawValue: format) else {
            throw CommandFailure("unsupported --format \"\(format)\": expected docker-archive or oci-archive")
        }
        let isStandardOutput = output == nil || output == "-"
        guard !isStandardOutput || !context.streams.outputIsTerminal else {
            throw CommandFailure("cowardly refusing to save to a terminal. Use the -o flag or redirect")
        }
        let path = isStandardOutput ? "-" : output ?? "-"
        let platform = try platform.value()
        let archive = try ArchiveOutput.open(path)
        var request = try ControlRequest(
            .saveImages,
            body: ImageSaveRequest(
                images.map { ImageSaveRequest.Selection($0, platform: platform) }, as: form,
                path: absoluteUnlessStream(path), title: "Archive \(path)"))
        request.descriptors = [archive.descriptor.number]
        // On standard output alone, a progress display would mean that somebody waits in front of a pipe.
        try await context.work(request, operation: "save", quiet: quiet || isStandardOutput) { _ in () }
        try archive.finish()
        return 0
    }
}
