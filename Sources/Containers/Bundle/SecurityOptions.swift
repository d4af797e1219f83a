import ControlAPI
import Kernel
import Sandboxes

/// `security_opt`, taken apart (Compose specification; Docker's `--security-opt`).
struct SecurityOptions: Equatable, Sendable {
    var noNewPrivileges = false
    var seccomp = Filter.standard
    var systemPathsVisible = false
    /// Options that this host can't honour, to be named to the user.
    var ignored: [String] = []

    enum Filter: Equatable, Sendable {
        case standard
        case unconfined
        case file(String)
    }

    init(_ options: [String], directory: String) throws(BundleError) {
        for option in options {
            let separator = option.firstIndex { $0 == "=" || $0 == ":" } ?? option.endIndex
            let name = option[..<separator]
            let value = separator == option.endIndex ? "" : String(option[option.index(after: separator)...])
            switch (name, value) {
            case ("no-new-privileges", ""), ("no-new-privileges", "true"): noNewPrivileges = true
            case ("no-new-privileges", "false"): noNewPrivileges = false
            case ("seccomp", "unconfined"): seccomp = .unconfined
            case ("seccomp", "builtin"): seccomp = .standard
            case ("seccomp", _) where !value.isEmpty:
                seccomp = .file(value.hasPrefix("/") ? value : directory + "/" + value)
            case ("systempaths", "unconfined"): systemPathsVisible = true
            // The kernel's other security modules may be absent; Docker ignores them silently there.
            case ("apparmor", _), ("label", _): ignored.append(option)
            default: throw BundleError("security_opt: \"\(option)\" is not known; see the Compose specification")
            }
        }
    }
}

/// Compiled filters by profile and capabilities: compiling takes a millisecond and more, and most containers share one.
actor SeccompCache {
    private struct Key: Hashable {
        var profile: String
        var capabilities: [String]
    }

    /// More distinct profiles than that on one host are compiled anew each time.
    private static let bound = 64
    private var compiled: [Key: [UInt8]] = [:]

    func filter(for filter: SecurityOptions.Filter, capabilities: [String]) throws -> [UInt8] {
        switch filter {
        case .unconfined:
            return []
        case .standard:
            return try cached(Key(profile: "", capabilities: capabilities)) { .standard }
        case .file(let path):
            let content: [UInt8]
            do {
                content = try Files.read(path)
            } catch {
                throw BundleError("security_opt: seccomp profile \(path): \(error.reason)")
            }
            return try cached(Key(profile: String(decoding: content, as: UTF8.self), capabilities: capabilities)) {
                do {
                    return try JSON.decode(SeccompProfile.self, from: content)
                } catch {
                    throw BundleError("security_opt: \(path) is no seccomp profile in Docker's JSON form")
                }
            }
        }
    }

    private func cached(_ key: Key, profile: () throws -> SeccompProfile) throws -> [UInt8] {
        if let program = compiled[key] { return program }
        let program = try SeccompCompiler.compile(profile(), capabilities: Set(key.capabilities))
        if compiled.count < Self.bound { compiled[key] = program }
        return program
    }
}
