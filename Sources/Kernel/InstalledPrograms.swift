import Glibc

/// Roost's programs, which are installed together.
public enum InstalledPrograms {
    /// In the directory that `ROOST_LIBEXEC` names, or where the running program is.
    public static func path(_ name: String) -> String {
        if let directory = getenv("ROOST_LIBEXEC").map({ String(cString: $0) }), !directory.isEmpty {
            return directory + "/" + name
        }
        // `try?`: without /proc there is nothing to go by but the working directory.
        let own = (try? ownPath()) ?? ""
        return (own.lastIndex(of: "/").map { String(own[...$0]) } ?? "") + name
    }

    /// Of the running program.
    public static func ownPath() throws(KernelError) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let room = buffer.count
        let count = try check("find", "/proc/self/exe") { readlink("/proc/self/exe", &buffer, room) }
        return String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
