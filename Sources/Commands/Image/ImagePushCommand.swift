import ArgumentParser
import ControlAPI
import OCI
import StackFile
import StackModel

/// `roost image push`.
struct ImagePushCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "push", abstract: "Upload an image to a registry", usage: "roost image push [OPTIONS] NAME[:TAG]")
    static let unsupported = ["--disable-content-trust"]

    @Flag(name: [.customShort("a"), .customLong("all-tags")], help: "Push all tags of an image to the repository")
    var allTags = false

    @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Suppress verbose output")
    var quiet = false

    @OptionGroup var platform: PlatformOption
    @Argument(help: .hidden) var names: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        try requireArguments(names, exactly: 1, of: "image push")
        let reference = try reference(names[0])
        if allTags, reference.familiarRepository != names[0] {
            throw CommandFailure("tag can't be used with --all-tags/-a")
        }
        var body = ImagePushRequest([reference])
        body.allTags = allTags
        body.platform = try platform.value()
        body.registryEnvironment = context.registryEnvironment
        if !quiet {
            let repository = reference.registry + "/" + reference.repository
            try context.streams.output.write("The push refers to repository [\(repository)]\n")
            try context.streams.output.flush()
        }
        let pushed = try await context.push(body, quiet: quiet)
        for image in pushed {
            if let index = image.index, !quiet {
                context.streams.error.say(
                    "Not all platforms of \(image.reference.familiar) are here: only one image was pushed, "
                        + "\(image.descriptor.digest) instead of \(index)")
            }
            try context.streams.output.write(Self.text(image, quiet: quiet))
        }
        return 0
    }

    private static func text(_ image: PushedReference, quiet: Bool) -> String {
        if quiet { return "\(image.reference)\n" }
        return "\(image.reference.tag ?? ""): digest: \(image.descriptor.digest) size: \(image.descriptor.size)\n"
    }
}

extension Context {
    fileprivate func push(_ body: ImagePushRequest, quiet: Bool) async throws -> [PushedReference] {
        try await work(ControlRequest(.pushImages, body: body), operation: "push", quiet: quiet) {
            if case .pushed(let images) = $0 { images } else { nil }
        }
    }
}

/// `roost push`: the images of a stack's services.
struct PushCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "push", abstract: "Push service images", usage: "roost push [OPTIONS] [SERVICE...]",
        discussion: "Without SERVICE, as in Docker Compose, the services that have a build section.")

    @Flag(name: .customLong("ignore-push-failures"), help: "Push what it can and ignores images with push failures")
    var ignoreFailures = false

    @Flag(name: .customLong("include-deps"), help: "Also push images of services declared as dependencies")
    var includeDependencies = false

    @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Push without printing progress information")
    var quiet = false

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        let loaded = try context.loadStack(services: services, faults: .shown)
        let stack = loaded.stack
        let named = includeDependencies ? stack.withDependencies(services).sorted() : services
        let isDry = context.isDry(dry)
        let chosen =
            services.isEmpty ? loaded.canonical.builtServices.intersection(stack.services.keys).sorted() : named
        try await Self.push(
            chosen.compactMap { stack.services[$0]?.image }, ignoringFailures: ignoreFailures, quiet: quiet,
            isDry: isDry, in: context)
        return 0
    }

    /// Uploads images, each once; one that is in no registry is said not to be.
    static func push(
        _ images: [String], ignoringFailures: Bool, quiet: Bool, isDry: Bool, in context: Context
    ) async throws {
        var wanted: [Reference] = []
        for image in Set(images).sorted() {
            guard case .registry(let reference)? = ImageSource(image) else {
                context.streams.error.say("\(image) is on this host and in no registry: it isn't pushed")
                continue
            }
            wanted.append(reference)
        }
        guard !wanted.isEmpty else { return }
        if isDry {
            for reference in wanted { context.sayDryRun("Image \(reference.familiar)", "Pushing") }
            return
        }
        var body = ImagePushRequest(wanted)
        body.ignoreFailures = ignoringFailures
        body.registryEnvironment = context.registryEnvironment
        _ = try await context.push(body, quiet: quiet)
    }
}
