import ArgumentParser

/// What `up` can be told.
struct UpOptions: ParsableArguments {
    @Flag(
        name: .customLong("abort-on-container-exit"),
        help: "Stops all containers if any container was stopped. Incompatible with -d")
    var abortOnContainerExit = false

    @Flag(
        name: .customLong("abort-on-container-failure"),
        help: "Stops all containers if any container exited with failure. Incompatible with -d")
    var abortOnContainerFailure = false

    @Flag(
        name: .customLong("always-recreate-deps"),
        help: "Recreate dependent containers. Incompatible with --no-recreate.")
    var alwaysRecreateDependencies = false

    @Option(
        name: .customLong("attach"), parsing: .unconditionalSingleValue,
        help: "Restrict attaching to the specified services. Incompatible with --attach-dependencies.")
    var attach: [String] = []

    @Flag(
        name: .customLong("attach-dependencies"), help: "Automatically attach to log output of dependent services")
    var attachDependencies = false

    @Flag(name: .customLong("build"), help: "Build images before starting containers")
    var build = false

    @Flag(name: [.customShort("d"), .customLong("detach")], help: "Detached mode: Run containers in the background")
    var detach = false

    @Option(
        name: .customLong("exit-code-from"),
        help: "Return the exit code of the selected service container. Implies --abort-on-container-exit")
    var exitCodeFrom: String?

    @Flag(
        name: .customLong("force-recreate"),
        help: "Recreate containers even if their configuration and image haven't changed")
    var forceRecreate = false

    @Option(
        name: .customLong("no-attach"), parsing: .unconditionalSingleValue,
        help: "Do not attach (stream logs) to the specified services")
    var noAttach: [String] = []

    @Flag(name: .customLong("no-build"), help: "Don't build an image, even if it's policy")
    var noBuild = false

    @Flag(name: .customLong("no-color"), help: "Produce monochrome output")
    var noColor = false

    @Flag(name: .customLong("no-deps"), help: "Don't start linked services")
    var noDependencies = false

    @Flag(name: .customLong("no-log-prefix"), help: "Don't print prefix in logs")
    var noLogPrefix = false

    @Flag(
        name: .customLong("no-recreate"),
        help: "If containers already exist, don't recreate them. Incompatible with --force-recreate.")
    var noRecreate = false

    @Flag(name: .customLong("no-start"), help: "Don't start the services after creating them")
    var noStart = false

    @Option(
        name: .customLong("pull"),
        help: "Pull image before running (\"always\"|\"missing\"|\"never\") (default \"policy\")")
    var pull: String?

    @Flag(
        name: .customLong("menu"), inversion: .prefixedNo,
        help: "Enable interactive shortcuts when running attached (accepted; there are none yet)")
    var menu = false

    @Flag(name: .customLong("quiet-pull"), help: "Pull without printing progress information")
    var quietPull = false

    @Flag(
        name: .customLong("remove-orphans"), help: "Remove containers for services not defined in the Compose file")
    var removeOrphans = false

    @Flag(
        name: [.customShort("V"), .customLong("renew-anon-volumes")],
        help: "Recreate anonymous volumes instead of retrieving data from the previous containers")
    var renewAnonymousVolumes = false

    @Option(
        name: .customLong("scale"), parsing: .unconditionalSingleValue,
        help: "Scale SERVICE to NUM instances. Overrides the scale setting in the Compose file if present.")
    var scale: [String] = []

    @Option(
        name: [.customShort("t", allowingJoined: true), .customLong("timeout")], parsing: .unconditional,
        help: "Use this timeout in seconds for container shutdown when attached or when containers are already running")
    var timeout: Int?

    @Flag(name: .customLong("timestamps"), help: "Show timestamps")
    var timestamps = false

    @Flag(
        name: .customLong("wait"), help: "Wait for services to be running|healthy. Implies detached mode.")
    var wait = false

    @Option(
        name: .customLong("wait-timeout"),
        help: "Maximum duration in seconds to wait for the project to be running|healthy")
    var waitTimeout: Int?

    @Flag(
        name: [.customShort("w"), .customLong("watch")],
        help: "Watch source code and rebuild/refresh containers when files are updated.")
    var watch = false

    @Flag(
        name: [.customShort("y"), .customLong("yes")],
        help: "Assume \"yes\" as answer to all prompts and run non-interactively")
    var yes = false
}

extension UpOptions {
    /// Whether the command ends once the containers run.
    var isDetached: Bool { detach || wait || noStart }

    var abortsOnExit: Bool { abortOnContainerExit || exitCodeFrom != nil }

    /// What Compose refuses to combine.
    func check() throws(CommandFailure) {
        let attaches = !attach.isEmpty || attachDependencies || watch
        if detach, abortOnContainerExit || abortOnContainerFailure || attaches {
            throw CommandFailure(
                "--detach cannot be combined with --abort-on-container-exit, --abort-on-container-failure, --attach, "
                    + "--attach-dependencies or --watch")
        }
        if wait, abortsOnExit || attaches {
            throw CommandFailure(
                "--wait cannot be combined with --abort-on-container-exit, --attach or --attach-dependencies")
        }
        if forceRecreate, noRecreate {
            throw CommandFailure("--force-recreate and --no-recreate are incompatible")
        }
        if alwaysRecreateDependencies, noRecreate {
            throw CommandFailure("--always-recreate-deps and --no-recreate are incompatible")
        }
        if !attach.isEmpty, attachDependencies {
            throw CommandFailure("--attach and --attach-dependencies are incompatible")
        }
        if abortOnContainerExit, abortOnContainerFailure {
            throw CommandFailure("--abort-on-container-exit and --abort-on-container-failure are incompatible")
        }
    }

    /// `--scale S=N` by service.
    func scales() throws(CommandFailure) -> [String: Int] {
        var result: [String: Int] = [:]
        for option in scale {
            guard let equals = option.firstIndex(of: "=") else {
                throw CommandFailure("invalid --scale option \"\(option)\". Should be SERVICE=NUM")
            }
            let number = option[option.index(after: equals)...]
            guard let count = Int(number), count >= 0 else {
                throw CommandFailure("invalid --scale option \"\(option)\": \"\(number)\" is no number of containers")
            }
            result[String(option[..<equals])] = count
        }
        return result
    }
}
