public import StackModel

/// `POST /v1/stacks/NAME/up`.
public struct UpRequest: Codable, Sendable {
    public var stack: Stack
    /// Empty: all services of the stack.
    public var services: [String] = []
    public var scale: [String: Int] = [:]
    public var forceRecreate = false
    public var noRecreate = false
    public var noDependencies = false
    public var alwaysRecreateDependencies = false
    public var renewAnonymousVolumes = false
    public var removeOrphans = false
    /// Nothing is said of them.
    public var ignoreOrphans = false
    /// `nil`: each service's own `pull_policy`.
    public var pull: PullPolicy?
    /// Images are built even if they are there (`--build`).
    public var build = false
    /// Nothing is built (`--no-build`).
    public var noBuild = false
    /// Create only (`up --no-start`).
    public var noStart = false
    /// `up --wait`: ends when all are running and healthy.
    public var wait = false
    /// `nil`: no bound.
    public var waitTimeout: TimeSpan?
    /// `nil`: each container's own.
    public var stopTimeout: TimeSpan?
    /// Answer with the plan, and change nothing.
    public var dryRun = false
    /// Shown to whom waits for this command: `up (pid 4711)`.
    /// Of the caller's environment what leads to its credentials, mirrors, certificates and proxies.
    public var registryEnvironment: [String: String] = [:]
    public var caller = ""

    public init(stack: Stack) { self.stack = stack }
}

/// `POST /v1/stacks/NAME/apply`.
public struct ApplyRequest: Codable, Sendable {
    /// ``PlannedChanges/document``.
    public var document: String
    /// Of the caller's environment what leads to its credentials, mirrors, certificates and proxies.
    public var registryEnvironment: [String: String] = [:]
    public var caller = ""

    public init(document: String) { self.document = document }
}

/// `POST /v1/stacks/NAME/pull`.
public struct PullRequest: Codable, Sendable {
    public var stack: Stack
    public var services: [String] = []
    public var policy: PullPolicy?
    public var ignoreFailures = false
    /// Of the caller's environment what leads to its credentials, mirrors, certificates and proxies.
    public var registryEnvironment: [String: String] = [:]
    public var caller = ""

    public init(stack: Stack) { self.stack = stack }
}

/// `POST /v1/stacks/NAME/build`.
public struct StackBuildRequest: Codable, Sendable {
    public var stack: Stack
    /// Empty: all services that have something to build.
    public var services: [String] = []
    /// Beside those of the file, and before them.
    public var arguments: [String: String] = [:]
    public var noCache = false
    public var pull = false
    /// The Dockerfiles are checked, and nothing is built.
    public var check = false
    /// The program is printed, and nothing is built.
    public var printsProgram = false
    /// Of the caller's environment what leads to its credentials, mirrors, certificates and proxies.
    public var registryEnvironment: [String: String] = [:]
    public var caller = ""

    public init(stack: Stack) { self.stack = stack }
}

/// `POST /v1/stacks/NAME/down`. Works without a file.
public struct DownRequest: Codable, Sendable {
    public var services: [String] = []
    public var removeVolumes = false
    public var removeOrphans = false
    /// The services of the file, where there is one: others are orphans. `nil`: everything of the stack goes.
    public var knownServices: [String]?
    public var timeout: TimeSpan?
    public var dryRun = false
    public var caller = ""

    public init() {}
}

/// `POST /v1/stacks/NAME/{stop,start,restart,kill,pause,unpause,remove}`.
public struct SignalRequest: Codable, Sendable {
    public var services: [String] = []
    public var timeout: TimeSpan?
    /// `kill -s`; `nil`: SIGKILL.
    public var signal: String?
    public var noDependencies = false
    public var removeOrphans = false
    public var wait = false
    public var waitTimeout: TimeSpan?
    /// `rm -s`: what runs is stopped first.
    public var stopFirst = false
    /// `rm -v`: anonymous volumes go too.
    public var removeVolumes = false
    /// The services of the file, where there is one: `kill` leaves others alone, unless it is about orphans, too.
    public var knownServices: [String]?
    public var dryRun = false
    public var caller = ""

    public init() {}
}

/// `POST /v1/stacks/NAME/run`: one more container, which is no replica of its service.
public struct RunRequest: Codable, Sendable {
    /// The stack as its file has it: what the service depends on is brought up.
    public var stack: Stack
    public var oneOff: OneOff
    public var noDependencies = false
    public var removeOrphans = false
    public var pull: PullPolicy?
    public var dryRun = false
    /// Of the caller's environment what leads to its credentials, mirrors, certificates and proxies.
    public var registryEnvironment: [String: String] = [:]
    public var caller = ""

    public init(stack: Stack, oneOff: OneOff) {
        self.stack = stack
        self.oneOff = oneOff
    }
}

/// `POST /v1/containers/NAME/remove`.
public struct ContainerRemovalRequest: Codable, Sendable {
    /// One that runs is killed first.
    public var force = false
    /// One that runs is removed when it has ended.
    public var whenEnded = false
    /// Its anonymous volumes go too.
    public var volumes = false

    public init() {}
}

/// `POST /v1/stacks/NAME/exec`.
public struct ExecRequest: Codable, Sendable {
    public var service: String
    /// The container's number in its service.
    public var index: Int?
    public var command: [String]
    public var environment: [String] = []
    public var user: String?
    public var workingDirectory: String?
    public var privileged = false
    public var terminal = false

    public init(service: String, command: [String]) {
        self.service = service
        self.command = command
    }

    /// A command that the file has for the service's containers.
    public init(service: String, _ hook: ServiceHook) {
        self.init(service: service, command: hook.command)
        environment = hook.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        user = hook.user
        workingDirectory = hook.workingDir
        privileged = hook.privileged
    }
}

/// The answer: a program that the command line hands to `roost-shim exec`, in whose place it then runs.
public struct ExecReply: Codable, Sendable {
    /// `ExecProgram.wire`.
    public var program: [UInt8]
    public var container: String

    public init(program: [UInt8], container: String) {
        self.program = program
        self.container = container
    }
}

/// `POST /v1/prune`.
public struct PruneRequest: Codable, Sendable {
    /// Anonymous volumes that no container uses go, too.
    public var volumes = false
    /// Nanoseconds since 1970: only containers that were made before.
    public var until: Int64?
    /// Images that go as well; `nil`: none.
    public var images: ImagePruneRequest?
    public var caller = ""

    public init() {}
}

/// `POST /v1/networks/create`.
public struct NetworkCreationRequest: Codable, Sendable {
    public var definition: StackNetwork
    /// As `--attachable` says; it is shown.
    public var attachable = false

    public init(definition: StackNetwork) { self.definition = definition }
}

/// `POST /v1/networks/NAME/connect`.
public struct ConnectionRequest: Codable, Sendable {
    /// Its name or id.
    public var container: String
    public var attachment = NetworkAttachment()

    public init(container: String) { self.container = container }
}
