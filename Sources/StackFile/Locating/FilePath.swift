/// Paths as text, without touching the file system.
enum FilePath {
    /// Absolute and without `.`, `..` and doubled slashes.
    static func absolute(_ path: String, in directory: String, home: String?) -> String {
        clean(expand(path, home: home).hasPrefix("/") ? expand(path, home: home) : directory + "/" + path)
    }

    /// As Docker Compose completes a path: one that is absolute stays as it is written, and `~` is the home directory
    /// whatever follows it.
    static func completed(_ path: String, in directory: String, home: String?) -> String {
        let expanded = expand(path, home: home)
        return expanded.hasPrefix("/") ? expanded : clean(directory + "/" + expanded)
    }

    static func expand(_ path: String, home: String?) -> String {
        guard let home, !home.isEmpty, path.hasPrefix("~") else { return path }
        return clean(home + "/" + path.dropFirst())
    }

    /// `C:\x`, `C:/x` and `\\host\share`, which a client on Windows means for its own host.
    static func isWindowsAbsolute(_ path: String) -> Bool {
        if path.hasPrefix("\\\\") { return true }
        let start = Array(path.utf8.prefix(3))
        guard start.count == 3, start[1] == UInt8(ascii: ":") else { return false }
        let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(start[0] | 0x20)
        return isLetter && (start[2] == UInt8(ascii: "\\") || start[2] == UInt8(ascii: "/"))
    }

    static func clean(_ path: String) -> String {
        var parts: [Substring] = []
        let isAbsolute = path.hasPrefix("/")
        for part in path.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else if part != ".." || !isAbsolute {
                parts.append(part)
            }
        }
        let joined = parts.joined(separator: "/")
        return isAbsolute ? "/" + joined : joined.isEmpty ? "." : joined
    }

    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func name(of path: String) -> String {
        String(path.split(separator: "/").last ?? "")
    }

    /// The way from one directory to another, both absolute; `.` where they are the same.
    static func relative(_ path: String, to directory: String) -> String {
        let target = path.split(separator: "/")
        let start = directory.split(separator: "/")
        let common = zip(target, start).prefix { $0 == $1 }.count
        let steps = Array(repeating: "..", count: start.count - common) + target[common...].map(String.init)
        return steps.isEmpty ? "." : steps.joined(separator: "/")
    }

    /// Docker Compose fetches such files from repositories of git and registries.
    static func isRemote(_ path: String) -> Bool {
        ["https://", "http://", "git://", "ssh://", "oci://", "git@", "github.com/"].contains { path.hasPrefix($0) }
    }

    /// As a message names it: relative to the current directory where it lies below.
    static func shown(_ path: String, from directory: String) -> String {
        let prefix = directory.hasSuffix("/") ? directory : directory + "/"
        return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
    }
}
