/// The short form of a volume: `[SOURCE:]TARGET[:OPTION,…]`.
struct MountText {
    struct Failure: Error {
        var message: String
    }

    static let propagations = ["rprivate", "private", "rshared", "shared", "rslave", "slave"]

    private var source = ""
    private var target = ""
    private var readOnly = false
    private var noCopy = false
    private var propagation: String?
    private var selinux: String?
    /// Docker leaves the details of a text of one or two characters out.
    private var isBare = false

    static func parse(_ text: String) throws(Failure) -> MountText {
        var mount = MountText()
        if text.isEmpty { throw Failure(message: "it is empty") }
        if text.utf8.count <= 2 {
            mount.target = FilePath.clean(text)
            mount.isBare = true
            return mount
        }
        var part = ""
        for character in text {
            // One letter before a colon is a drive of Windows, not a name.
            if character == ":", !(part.count == 1 && part.first?.isLetter == true) {
                try mount.take(part, isLast: false)
                part = ""
            } else {
                part.append(character)
            }
        }
        try mount.take(part, isLast: true)
        mount.target = mount.target.isEmpty ? "" : FilePath.clean(mount.target)
        return mount
    }

    private mutating func take(_ part: String, isLast: Bool) throws(Failure) {
        if part.isEmpty { throw Failure(message: "nothing stands between two colons") }
        if source.isEmpty, isLast {
            target = part
        } else if source.isEmpty {
            source = part
        } else if target.isEmpty {
            target = part
        } else if !isLast {
            throw Failure(message: "it has too many colons")
        } else {
            for option in part.split(separator: ",", omittingEmptySubsequences: false) { take(option: String(option)) }
        }
    }

    /// Options that nobody knows are passed over, as Docker does.
    private mutating func take(option: String) {
        switch option {
        case "ro": readOnly = true
        case "rw": readOnly = false
        case "nocopy": noCopy = true
        case "z", "Z": selinux = option
        case _ where Self.propagations.contains(option): propagation = option
        default: break
        }
    }

    private var isPath: Bool {
        guard let first = source.first else { return false }
        if first == "." || first == "/" || first == "~" || source.hasPrefix(#"\\"#) { return true }
        return first.isLetter && source.dropFirst().first == ":"
    }

    /// In the long form, at the place of the text.
    func node(_ node: Node) -> Node {
        var mount: [(String, Node)] = [("type", node.with(.string(isPath ? "bind" : "volume")))]
        if !source.isEmpty { mount.append(("source", node.with(.string(source)))) }
        mount.append(("target", node.with(.string(target))))
        if readOnly { mount.append(("read_only", node.with(.boolean(true)))) }
        if isBare { return .map(mount, node.mark) }
        var bind: [(String, Node)] = []
        if let propagation { bind.append(("propagation", node.with(.string(propagation)))) }
        if let selinux { bind.append(("selinux", node.with(.string(selinux)))) }
        if isPath || !bind.isEmpty { mount.append(("bind", .map(bind, node.mark))) }
        let volume: [(String, Node)] = noCopy ? [("nocopy", node.with(.boolean(true)))] : []
        if !isPath || noCopy { mount.append(("volume", .map(volume, node.mark))) }
        return .map(mount, node.mark)
    }
}
