/// Names of users and groups, by an image's own files.
struct ImageOwner {
    let tree: FileTree

    /// `USER[:GROUP]` as `--chown` and `USER` have it; numbers need not be known. A user's number without a group is the
    /// group's too, as in BuildKit, and a name that the image doesn't know is root's.
    func find(_ text: String, warn: (String) -> Void) throws -> (UInt32, UInt32) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let user = parts.first, !user.isEmpty else { return (0, 0) }
        var owner: (UInt32, UInt32)
        if let number = UInt32(user) {
            owner = (number, number)
        } else {
            let account = try lines("/etc/passwd", atLeast: 4).first { $0[0] == user }
            if let account, let uid = UInt32(account[2]), let gid = UInt32(account[3]) {
                owner = (uid, gid)
            } else {
                warn("user \(user) is not in the image's /etc/passwd; the files belong to root")
                owner = (0, 0)
            }
        }
        guard parts.count > 1, !parts[1].isEmpty else { return owner }
        if let number = UInt32(parts[1]) {
            owner.1 = number
        } else {
            let group = try lines("/etc/group", atLeast: 3).first { $0[0] == parts[1] }
            if let gid = group.flatMap({ UInt32($0[2]) }) {
                owner.1 = gid
            } else {
                warn("group \(parts[1]) is not in the image's /etc/group; the files belong to root's")
                owner.1 = 0
            }
        }
        return owner
    }

    private func lines(_ path: String, atLeast count: Int) throws -> [[String]] {
        try tree.text(path)?.split(separator: "\n").map {
            $0.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        }.filter { $0.count >= count } ?? []
    }
}
