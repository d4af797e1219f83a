import ArgumentParser
import Images
import OCI
import Registries
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
        let platform = try platform.value()
        let session = try ImageSession(context)
        let wanted = try tags(of: reference(names[0]), in: session)
        if !quiet {
            let repository = wanted[0].registry + "/" + wanted[0].repository
            try context.streams.output.write("The push refers to repository [\(repository)]\n")
            try context.streams.output.flush()
        }
        let pushed = try await session.withRegistry { registry in
            try await context.showing("push", quiet: quiet) { report in
                try await session.push(wanted, to: registry, platform: platform, report: report)
            }
        }
        for (reference, image) in zip(wanted, pushed) {
            let descriptor = image.descriptor
            if let index = image.index, !quiet {
                context.streams.error.say(
                    "Not all platforms of \(reference.familiar) are here: only one image was pushed, "
                        + "\(descriptor.digest) instead of \(index)")
            }
            let text =
                quiet
                ? "\(reference)\n" : "\(reference.tag ?? ""): digest: \(descriptor.digest) size: \(descriptor.size)\n"
            try context.streams.output.write(text)
        }
        return 0
    }

    private func tags(of reference: Reference, in session: ImageSession) throws -> [Reference] {
        guard allTags else { return [reference] }
        guard reference.familiarRepository == names[0] else {
            throw CommandFailure("tag can't be used with --all-tags/-a")
        }
        let all = try session.store.list().compactMap { Reference($0.name) }.filter {
            $0.registry == reference.registry && $0.repository == reference.repository && $0.digest == nil
        }
        guard !all.isEmpty else {
            throw CommandFailure("An image does not exist locally with the tag: \(reference.familiarRepository)")
        }
        return Set(all).sorted { $0.description < $1.description }
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

    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        let loaded = try context.loadStack(services: services, faults: .shown)
        let stack = loaded.stack
        let named = includeDependencies ? stack.withDependencies(services).sorted() : services
        let chosen =
            services.isEmpty ? loaded.canonical.builtServices.intersection(stack.services.keys).sorted() : named
        var wanted: [Reference] = []
        for image in Set(chosen.compactMap { stack.services[$0]?.image }).sorted() {
            guard case .registry(let reference)? = ImageSource(image) else {
                context.streams.error.say("\(image) is on this host and in no registry: it isn't pushed")
                continue
            }
            wanted.append(reference)
        }
        let session = try ImageSession(context)
        let (images, ignoresFailures) = (wanted, ignoreFailures)
        _ = try await session.withRegistry { registry in
            try await context.showing("push", quiet: quiet) { report in
                try await session.push(
                    images, to: registry, platform: nil, report: report, ignoresFailures: ignoresFailures)
            }
        }
        return 0
    }
}
