/// Paths as Go's `path.Clean` and `path.Join` make them.
public enum CleanPath {
    /// Without `.`, `..` where that can be told, and doubled slashes; `.` for nothing.
    public static func of(_ path: String) -> String {
        let isAbsolute = path.utf8.first == UInt8(ascii: "/")
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part != ".." {
                parts.append(part)
            } else if let last = parts.last, last != ".." {
                parts.removeLast()
            } else if !isAbsolute {
                parts.append(part)
            }
        }
        let joined = parts.joined(separator: "/")
        return isAbsolute ? "/" + joined : joined.isEmpty ? "." : joined
    }

    /// A path inside a root, whatever it says: always begins with a slash.
    public static func rooted(_ path: String) -> String { of("/" + path) }

    /// `path` seen from a directory.
    public static func join(_ directory: String, _ path: String) -> String {
        path.utf8.first == UInt8(ascii: "/") ? of(path) : of(directory + "/" + path)
    }

    /// What is behind the last slash.
    public static func name(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? (path.isEmpty ? "." : "/")
    }
}
