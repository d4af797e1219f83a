import ControlAPI
import Kernel
import Sandboxes
import StackModel

/// What `security_opt` comes to; of several that say the same, the last one counts.
struct SecurityOptions: Equatable, Sendable {
    var noNewPrivileges = false
    var seccomp = Filter.standard
    var systemPathsVisible = false

    enum Filter: Equatable, Sendable {
        case standard
        case unconfined
        case file(String)
    }

    /// - Parameter directory: where a relative path of a profile starts.
    init(_ options: [SecurityOption], directory: String) throws(BundleError) {
        for option in options {
            switch option {
            case .noNewPrivileges(let flag): noNewPrivileges = flag
            case .seccomp(.unconfined): seccomp = .unconfined
            case .seccomp(.builtin): seccomp = .standard
            case .seccomp(.profile(let path)): seccomp = .file(path.hasPrefix("/") ? path : directory + "/" + path)
            case .systemPathsUnconfined: systemPathsVisible = true
            // Without effect; whoever reads the file is told.
            case .appArmor, .label: break
            case .unknown(let text):
                throw BundleError("security_opt: \"\(text)\" is not known; see the Compose specification")
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
