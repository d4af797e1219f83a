import Kernel

/// Whom a process runs as, after names were looked up in the image's /etc/passwd and /etc/group.
struct ResolvedUser: Codable, Equatable, Sendable {
    var uid: UInt32
    var gid: UInt32
    var additionalGroups: [UInt32]
    var home: String

    /// - Parameters:
    ///   - user: `name`, `uid`, `name:group`, `uid:gid`, or empty for root (image-spec, config.md, `User`).
    ///   - added: `group_add`.
    ///   - passwd: the image's /etc/passwd; empty if it has none.
    ///   - group: the image's /etc/group; empty if it has none.
    init(user: String, added: [String], passwd: String, group: String) throws(BundleError) {
        let parts = user.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let name = parts.first.flatMap { $0.isEmpty ? nil : $0 } ?? "0"
        let accounts = Self.fields(of: passwd, atLeast: 6)
        let groups = Self.fields(of: group, atLeast: 3)
        let account = accounts.first { $0[0] == name } ?? accounts.first { $0[2] == name && UInt32(name) != nil }
        guard let uid = account.flatMap({ UInt32($0[2]) }) ?? UInt32(name) else {
            throw BundleError("user \"\(name)\" is not in the image's /etc/passwd; use one that is, or a number")
        }
        self.uid = uid
        home = account.map { $0[5] } ?? "/"
        if parts.count > 1 {
            gid = try Self.group(parts[1], in: groups)
            additionalGroups = []
        } else {
            gid = account.flatMap { UInt32($0[3]) } ?? 0
            let accountName = account?[0]
            additionalGroups = groups.compactMap { entry in
                guard let accountName, entry.count > 3 else { return nil }
                return entry[3].split(separator: ",").contains { $0 == accountName } ? UInt32(entry[2]) : nil
            }
        }
        for name in added { additionalGroups.append(try Self.group(name, in: groups)) }
        let main = gid
        // The kernel's list keeps the main group too, as login programs do.
        additionalGroups = ([main] + additionalGroups).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    private static func group(_ name: String, in groups: [[String]]) throws(BundleError) -> UInt32 {
        if let entry = groups.first(where: { $0[0] == name }), let gid = UInt32(entry[2]) { return gid }
        guard let gid = UInt32(name) else {
            throw BundleError("group \"\(name)\" is not in the image's /etc/group; use one that is, or a number")
        }
        return gid
    }

    private static func fields(of text: String, atLeast count: Int) -> [[String]] {
        text.split(separator: "\n").map {
            $0.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        }.filter { $0.count >= count }
    }
}

/// Small files of an image, read through its layers without mounting it.
enum ImageFiles {
    /// The content of a file in the topmost directory that has it; `nil` if none has, or a layer hides it.
    ///
    /// Symbolic links are resolved inside one layer only, which is where /etc/passwd and /etc/group have theirs, if any.
    /// What isn't a regular file is an error.
    static func text(_ path: String, layers: [String]) throws(KernelError) -> String? {
        for layer in layers {
            guard let place = try RootDirectory(layer).find(path) else { continue }
            if try place.status().isWhiteout { return nil }
            return String(decoding: try place.openedFile("/" + path).readAll(limit: 4 << 20), as: UTF8.self)
        }
        return nil
    }
}
