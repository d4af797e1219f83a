import ArgumentParser
import ControlAPI
import Kernel
import StackFile
import StackModel

/// `roost plan`: what `up` would do, to look at or to keep. Exits with 0 if there is nothing to do, with 2 if there is.
struct PlanCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show what up would do, or keep it for apply",
        usage: "roost plan [OPTIONS] [SERVICE...]")
    static let unsupported: [String] = []

    @OptionGroup var options: UpOptions

    @Option(name: [.customShort("o"), .customLong("out")], help: "Write the plan to FILE, for apply")
    var out: String?

    @Flag(name: .customLong("json"), help: "Print the plan as JSON")
    var json = false

    @Argument(help: .hidden) var services: [String] = []

    /// There is something to do.
    private static let changes: Int32 = 2

    func perform(in context: Context) async throws -> Int32 {
        try options.check()
        let stack = try context.loadStack(services: services, faults: .refused).stack
        let request = try options.request(stack, services, context: context, command: "plan")
        let end = try await context.carryOut(
            ControlRequest(.plan, stack.name, body: request), operation: "plan", showsPlan: !json,
            client: context.client())
        guard case .planned(let planned)? = end.result else {
            throw CommandFailure("the supervisor sent no plan; run the command again")
        }
        // It holds the stack's environment, which may have passwords in it.
        if let out { try Files.replace(absolutePath(out), with: Array(planned.document.utf8), mode: 0o600) }
        if json { try context.streams.output.write(planned.document + "\n") }
        if planned.isEmpty && !json { context.sayUnchanged(stack.name) }
        return planned.isEmpty ? 0 : Self.changes
    }
}

/// `roost apply`: carries out exactly the plan that `plan -o` wrote, or nothing.
struct ApplyCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Carry out a plan that was kept", usage: "roost apply [OPTIONS] FILE")
    static let unsupported: [String] = []

    @Argument(help: .hidden) var file: String

    private struct Target: Decodable {
        struct Stack: Decodable {
            var name: String
        }

        var stack: Stack
    }

    func perform(in context: Context) async throws -> Int32 {
        let content = try Files.read(absolutePath(file), limit: Self.largestPlan)
        // `try?`: whatever else is wrong with it, the supervisor says so in the same words.
        guard let target = try? JSON.decode(Target.self, from: content) else {
            throw CommandFailure("\(file): this is no plan; `roost plan -o FILE` writes one")
        }
        var request = ApplyRequest(document: String(decoding: content, as: UTF8.self))
        request.registryEnvironment = context.registryEnvironment
        request.caller = context.caller("apply")
        let outcome = try await context.complete(
            ControlRequest(.apply, target.stack.name, body: request), operation: "apply", client: context.client())
        if outcome.unchanged { context.sayUnchanged(target.stack.name) }
        return outcome.exitCode
    }

    /// The plan of some thousand services is well below that. Bytes.
    private static let largestPlan = 64 << 20
}
