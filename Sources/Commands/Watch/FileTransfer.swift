import ControlAPI
import Glibc
import Kernel

/// Brings files of the host into one container, as `cp` does: no name and no link of the container leads out of it.
struct FileTransfer: ~Copyable {
    private let root: RootDirectory
    private var tree = TreeCopy(keepsOwners: false)

    init(to container: ContainerSummary, _ context: Context) async throws {
        self.init(into: try await context.root(of: container))
    }

    init(into root: consuming RootDirectory) { self.root = root }

    mutating func carryOut(_ transfer: WatchPlan.Transfer) throws {
        let target = RootDirectory.cleaned(transfer.target)
        switch Self.kind(of: transfer.path) {
        case nil where transfer.isRoot: break
        case nil: try remove(target)
        // What is in it comes by itself, as far as it counts.
        case S_IFDIR: _ = try root.directory(target)
        default: try copy(transfer, to: target)
        }
    }

    /// `nil`: it isn't there any more.
    private static func kind(of path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    private mutating func copy(_ transfer: WatchPlan.Transfer, to target: String) throws {
        let (holder, name) = RootDirectory.split(transfer.path)
        let source = try OwnedDescriptor(open: holder, [.directory])
        let (parent, last) = RootDirectory.split(target)
        var isDirectory = false
        if let found = try root.find(target) { isDirectory = try found.isDirectory() }
        if isDirectory && transfer.isRoot {
            let directory = try root.open(target, [.directory])
            return try tree.copy(name, in: source, to: name, in: directory)
        }
        // A file where a directory was.
        if isDirectory { try remove(target) }
        let directory = try root.directory(parent)
        try tree.copy(name, in: source, to: last, in: directory)
    }

    private func remove(_ target: String) throws {
        let (parent, last) = RootDirectory.split(target)
        guard !last.isEmpty, let directory = try root.find(parent), try directory.isDirectory() else { return }
        // The directory is open: whatever the container does to the path meanwhile, this is in the container.
        try Directory.remove("/proc/self/fd/\(directory.number)/\(last)")
    }
}
