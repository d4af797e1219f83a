import ArgumentParser

/// `roost image inspect`.
struct ImageInspectCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Display detailed information on one or more images",
        usage: "roost image inspect [OPTIONS] IMAGE [IMAGE...]")
    static let unsupported = ["-f", "--format"]

    @Argument(help: .hidden) var images: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        throw CommandFailure.notSupportedYet("roost image inspect")
    }
}
