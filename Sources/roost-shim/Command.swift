import Glibc
import Kernel
import Launching

/// Finds the image's command and executes it. Only the attempt tells what the kernel will say, so there is no look
/// before it.
struct Command {
    private let settings: ProcessSettings

    init(_ settings: ProcessSettings) {
        self.settings = settings
    }

    /// Becomes the command; returns only by failing.
    func execute() -> LaunchFailure {
        guard let name = settings.arguments.first, !name.isEmpty else {
            return LaunchFailure("exec: the image has no command and none was given", errno: EINVAL)
        }
        if name.contains("/") {
            return explain(attempt(name), name)
        }
        var worst: KernelError?
        for directory in searchPath {
            let error = attempt(directory.isEmpty ? name : "\(directory)/\(name)")
            switch error.errno {
            case ENOENT where Files.exists(error.subject): return explain(error, name)
            case ENOENT, ENOTDIR: continue
            case EACCES: worst = error
            default: return explain(error, name)
            }
        }
        if let worst { return explain(worst, name) }
        return notFound(name)
    }

    /// Why the command can't be executed, as far as that can be seen without trying; nil if it can.
    func obstacle() -> LaunchFailure? {
        guard let name = settings.arguments.first, !name.isEmpty else { return execute() }
        let places = name.contains("/") ? [name] : searchPath.map { $0.isEmpty ? name : "\($0)/\(name)" }
        var worst: KernelError?
        for place in places {
            if access(place, X_OK) == 0 && !Self.isDirectory(place) { return nil }
            let reason = access(place, F_OK) == 0 ? EACCES : ENOENT
            if worst == nil || reason == EACCES { worst = KernelError("execute", place, errno: reason) }
        }
        if let worst, name.contains("/") || worst.errno == EACCES { return explain(worst, name) }
        return notFound(name)
    }

    private func notFound(_ name: String) -> LaunchFailure {
        LaunchFailure("exec: \"\(name)\": not found in the image's PATH", step: "exec", code: 127, errno: ENOENT)
    }

    private func attempt(_ path: String) -> KernelError {
        Execution.become(path, settings.arguments, environment: settings.environment)
    }

    private var searchPath: [Substring] {
        let entry = settings.environment.last { $0.hasPrefix("PATH=") }
        return (entry?.dropFirst(5) ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            .split(separator: ":", omittingEmptySubsequences: false)
    }

    private func explain(_ error: KernelError, _ name: String) -> LaunchFailure {
        let reason: String
        var code: Int32 = 126
        switch error.errno {
        case ENOENT where Files.exists(error.subject):
            reason = "\(error.subject) needs an interpreter or loader that is not in the image"
            code = 127
        case ENOENT, ENOTDIR:
            reason = "no such file in the image"
            code = 127
        case EACCES where Self.isDirectory(error.subject): reason = "is a directory"
        case EACCES: reason = "permission denied (is it executable for user \(settings.user)?)"
        case ENOEXEC: reason = "not an executable of this platform, and no script with a #! line"
        default: reason = error.reason
        }
        return LaunchFailure("exec: \"\(name)\": \(reason)", step: "exec", code: code, errno: error.errno)
    }

    private static func isDirectory(_ path: String) -> Bool {
        var status = Glibc.stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
