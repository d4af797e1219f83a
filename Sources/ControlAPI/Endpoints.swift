// The table of everything that a supervisor can be asked. docs/api.md lists it; a test compares the two.

extension Endpoint where Body == NoBody, Answer == SupervisorVersion {
    public static var version: Self { .init(.get, "/v1/version", .document) }
}

// MARK: Stacks

extension Endpoint where Body == NoBody, Answer == [StackSummary] {
    public static var stacks: Self { .init(.get, "/v1/stacks", .document) }
}

extension Endpoint where Body == NoBody, Answer == [ContainerSummary] {
    public static var containers: Self { .init(.get, "/v1/stacks/{stack}/containers", .document) }
}

extension Endpoint where Body == NoBody, Answer == [ContainerImageSummary] {
    /// The images of a stack's containers.
    public static var stackImages: Self { .init(.get, "/v1/stacks/{stack}/images", .document) }
}

extension Endpoint where Body == NoBody, Answer == [String: String] {
    /// The launch programs of a stack's containers by the containers' names, and its ruleset, as text.
    public static var launchPrograms: Self { .init(.get, "/v1/stacks/{stack}/launch", .document) }
}

extension Endpoint where Body == NoBody, Answer == LogEvent {
    /// Its query is ``LogSelection/query``.
    public static var logs: Self { .init(.get, "/v1/stacks/{stack}/logs", .lines) }
}

extension Endpoint where Body == UpRequest, Answer == CommandEvent {
    public static var up: Self { .init(.post, "/v1/stacks/{stack}/up", .lines) }
}

extension Endpoint where Body == UpRequest, Answer == CommandEvent {
    /// What `up` would do; nothing is changed.
    public static var plan: Self { .init(.post, "/v1/stacks/{stack}/plan", .lines) }
}

extension Endpoint where Body == ApplyRequest, Answer == CommandEvent {
    public static var apply: Self { .init(.post, "/v1/stacks/{stack}/apply", .lines) }
}

extension Endpoint where Body == NoBody, Answer == [RevisionSummary] {
    /// What was wanted of a stack, the oldest first.
    public static var revisions: Self { .init(.get, "/v1/stacks/{stack}/revisions", .document) }
}

extension Endpoint where Body == RollbackRequest, Answer == CommandEvent {
    public static var rollback: Self { .init(.post, "/v1/stacks/{stack}/rollback", .lines) }
}

extension Endpoint where Body == PullRequest, Answer == CommandEvent {
    public static var pull: Self { .init(.post, "/v1/stacks/{stack}/pull", .lines) }
}

extension Endpoint where Body == StackBuildRequest, Answer == CommandEvent {
    public static var build: Self { .init(.post, "/v1/stacks/{stack}/build", .lines) }
}

extension Endpoint where Body == DownRequest, Answer == CommandEvent {
    public static var down: Self { .init(.post, "/v1/stacks/{stack}/down", .lines) }
}

extension Endpoint where Body == SignalRequest, Answer == CommandEvent {
    public static func lifecycle(_ verb: LifecycleVerb) -> Self {
        .init(.post, "/v1/stacks/{stack}/\(verb.rawValue)", .lines)
    }
}

extension Endpoint where Body == RunRequest, Answer == CommandEvent {
    public static var run: Self { .init(.post, "/v1/stacks/{stack}/run", .lines) }
}

extension Endpoint where Body == NoBody, Answer == [JobSummary] {
    /// The services of a stack that run to their end, by their names.
    public static var jobs: Self { .init(.get, "/v1/stacks/{stack}/jobs", .document) }
}

extension Endpoint where Body == NoBody, Answer == [ProcessTable] {
    /// The processes of a stack's containers that run. The query may name services.
    public static var processes: Self { .init(.get, "/v1/stacks/{stack}/processes", .document) }
}

extension Endpoint where Body == NoBody, Answer == [ContainerUsage] {
    /// What a stack's containers that run use of the host. The query may name services.
    public static var usage: Self { .init(.get, "/v1/stacks/{stack}/usage", .document) }
}

extension Endpoint where Body == NoBody, Answer == StackEvent {
    /// Its query is ``EventSelection/query``.
    public static var events: Self { .init(.get, "/v1/stacks/{stack}/events", .lines) }
}

extension Endpoint where Body == NoBody, Answer == [VolumeSummary] {
    public static var stackVolumes: Self { .init(.get, "/v1/stacks/{stack}/volumes", .document) }
}

extension Endpoint where Body == ExecRequest, Answer == ExecReply {
    public static var exec: Self { .init(.post, "/v1/stacks/{stack}/exec", .document) }
}

// MARK: Containers

extension Endpoint where Body == NoBody, Answer == JSONDocument {
    /// The shape of `docker inspect`.
    public static var container: Self { .init(.get, "/v1/containers/{container}", .document) }
}

extension Endpoint where Body == NoBody, Answer == ContainerEnd {
    /// Answers when the container has ended, or has never been started.
    public static var wait: Self { .init(.post, "/v1/containers/{container}/wait", .document) }
}

extension Endpoint where Body == NoBody, Answer == AttachmentSettings {
    public static var attachment: Self { .init(.get, "/v1/containers/{container}/attachment", .document) }
}

extension Endpoint where Body == NoBody, Answer == NoBody {
    /// Writes the container's files, without what is mounted in it, to the descriptor that comes with the request; answers
    /// when the tar archive is whole.
    public static var exportContainer: Self { .init(.post, "/v1/containers/{container}/export", .document) }
}

extension Endpoint where Body == CommitRequest, Answer == CommandEvent {
    /// Makes an image of a container.
    public static var commitContainer: Self { .init(.post, "/v1/containers/{container}/commit", .lines) }
}

extension Endpoint where Body == RenameRequest, Answer == NoBody {
    public static var renameContainer: Self { .init(.post, "/v1/containers/{container}/rename", .document) }
}

extension Endpoint where Body == ContainerUpdate, Answer == NoBody {
    /// Limits and restart policy of a container as it is.
    public static var updateContainer: Self { .init(.post, "/v1/containers/{container}/update", .document) }
}

extension Endpoint where Body == NoBody, Answer == [FileChange] {
    /// What isn't as the container's image has it.
    public static var containerChanges: Self { .init(.get, "/v1/containers/{container}/changes", .document) }
}

extension Endpoint where Body == ContainerRemovalRequest, Answer == NoBody {
    /// Answers when the container is gone; one that isn't there is what was wanted.
    public static var removeContainer: Self { .init(.post, "/v1/containers/{container}/remove", .document) }
}

extension Endpoint where Body == PruneRequest, Answer == CommandEvent {
    public static var prune: Self { .init(.post, "/v1/prune", .lines) }
}

// MARK: Networks

extension Endpoint where Body == NoBody, Answer == [NetworkSummary] {
    public static var networks: Self { .init(.get, "/v1/networks", .document) }
}

extension Endpoint where Body == NoBody, Answer == JSONDocument {
    /// The shape of `docker network inspect`, without its list.
    public static var network: Self { .init(.get, "/v1/networks/{network}", .document) }
}

extension Endpoint where Body == NetworkCreationRequest, Answer == String {
    /// Answers with the network's id.
    public static var createNetwork: Self { .init(.post, "/v1/networks/create", .document) }
}

extension Endpoint where Body == NetworkPruneRequest, Answer == [String] {
    /// Answers with the names of those that went.
    public static var pruneNetworks: Self { .init(.post, "/v1/networks/prune", .document) }
}

extension Endpoint where Body == NetworkRemovalRequest, Answer == [String] {
    /// Answers with the names of those that went.
    public static var removeNetwork: Self { .init(.post, "/v1/networks/{network}/remove", .document) }
}

extension Endpoint where Body == ConnectionRequest, Answer == NoBody {
    public static var connect: Self { .init(.post, "/v1/networks/{network}/connect", .document) }
}

extension Endpoint where Body == DisconnectionRequest, Answer == NoBody {
    public static var disconnect: Self { .init(.post, "/v1/networks/{network}/disconnect", .document) }
}

// MARK: Volumes

extension Endpoint where Body == NoBody, Answer == [HostVolume] {
    /// All of this host, whoever made them.
    public static var volumes: Self { .init(.get, "/v1/volumes", .document) }
}

extension Endpoint where Body == VolumeCreation, Answer == HostVolume {
    /// One that is there already is the answer.
    public static var createVolume: Self { .init(.post, "/v1/volumes/create", .document) }
}

extension Endpoint where Body == VolumeRemoval, Answer == NoBody {
    public static var removeVolume: Self { .init(.post, "/v1/volumes/{volume}/remove", .document) }
}

// MARK: Images

extension Endpoint where Body == NoBody, Answer == [ImageSummary] {
    public static var images: Self { .init(.get, "/v1/images", .document) }
}

extension Endpoint where Body == NoBody, Answer == JSONDocument {
    /// The shape of `docker image inspect`, with one image in it. The query may name a `platform`.
    public static var image: Self { .init(.get, "/v1/images/{image}", .document) }
}

extension Endpoint where Body == NoBody, Answer == [HistoryEntry] {
    /// The query may name a `platform`.
    public static var imageHistory: Self { .init(.get, "/v1/images/{image}/history", .document) }
}

extension Endpoint where Body == ImagePullRequest, Answer == CommandEvent {
    public static var pullImages: Self { .init(.post, "/v1/images/pull", .lines) }
}

extension Endpoint where Body == ImagePushRequest, Answer == CommandEvent {
    public static var pushImages: Self { .init(.post, "/v1/images/push", .lines) }
}

extension Endpoint where Body == ImageTagRequest, Answer == CommandEvent {
    public static var tagImage: Self { .init(.post, "/v1/images/tag", .lines) }
}

extension Endpoint where Body == ImageRemovalRequest, Answer == CommandEvent {
    public static var removeImages: Self { .init(.post, "/v1/images/remove", .lines) }
}

extension Endpoint where Body == ImagePruneRequest, Answer == CommandEvent {
    public static var pruneImages: Self { .init(.post, "/v1/images/prune", .lines) }
}

extension Endpoint where Body == ImageCheckRequest, Answer == CommandEvent {
    public static var checkImages: Self { .init(.post, "/v1/images/check", .lines) }
}

extension Endpoint where Body == ImageSaveRequest, Answer == CommandEvent {
    public static var saveImages: Self { .init(.post, "/v1/images/save", .lines) }
}

extension Endpoint where Body == ImageLoadRequest, Answer == CommandEvent {
    public static var loadImages: Self { .init(.post, "/v1/images/load", .lines) }
}

extension Endpoint where Body == ImageCopyRequest, Answer == CommandEvent {
    public static var copyImage: Self { .init(.post, "/v1/images/copy", .lines) }
}

extension Endpoint where Body == RegistryQuestion, Answer == CommandEvent {
    /// What refers to images: signatures, bills of materials, attestations.
    public static var referrers: Self { .init(.post, "/v1/images/referrers", .lines) }
    /// What names stand for in their registries now.
    public static var digests: Self { .init(.post, "/v1/images/digests", .lines) }
}

// MARK: Registries and the disk

extension Endpoint where Body == LoginRequest, Answer == CommandEvent {
    public static var login: Self { .init(.post, "/v1/registries/login", .lines) }
}

extension Endpoint where Body == LogoutRequest, Answer == CommandEvent {
    public static var logout: Self { .init(.post, "/v1/registries/logout", .lines) }
}

extension Endpoint where Body == NoBody, Answer == DiskUsageReport {
    public static var diskUsage: Self { .init(.get, "/v1/usage", .document) }
}

/// What happens to containers that exist.
public enum LifecycleVerb: String, Codable, CaseIterable, Sendable {
    case stop, start, restart, kill, pause, unpause
    /// Containers that don't run are removed.
    case remove
}
