/// Scheme, host and port of an address: who gets to see what is sent there.
struct Origin: Hashable, Sendable {
    let scheme: String
    /// `HOST[:PORT]`, in lower case.
    let authority: String
    let port: Int

    /// Nil for what isn't an address of HTTP.
    init?(_ url: String) {
        guard let end = url.range(of: "://") else { return nil }
        scheme = url[..<end.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = url[end.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        // Who writes a login into an address means something else than a registry.
        guard !rest.contains("@"), !rest.isEmpty, let (host, port) = Authority.split(rest.lowercased()), !host.isEmpty
        else { return nil }
        authority = rest.lowercased()
        self.port = port ?? (scheme == "https" ? 443 : 80)
    }

    private var host: String { Authority.split(authority)?.host ?? authority }

    static func == (left: Origin, right: Origin) -> Bool {
        left.scheme == right.scheme && left.host == right.host && left.port == right.port
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(scheme)
        hasher.combine(host)
        hasher.combine(port)
    }

    /// The address that a `Location` header means, seen from `base`; nil if it isn't one of HTTP.
    static func resolve(_ location: String, from base: String) -> String? {
        guard location.utf8.count <= 8192, location.utf8.allSatisfy({ $0 > 32 && $0 != 127 }) else { return nil }
        if location.contains("://"), let scheme = location.range(of: "://"),
            !location[..<scheme.lowerBound].contains(where: { $0 == "/" || $0 == "?" })
        {
            return Origin(location) == nil ? nil : location
        }
        guard let origin = Origin(base) else { return nil }
        if location.hasPrefix("//") {
            return Origin("\(origin.scheme):\(location)").map { _ in "\(origin.scheme):\(location)" }
        }
        let root = "\(origin.scheme)://\(origin.authority)"
        if location.hasPrefix("/") { return root + location }
        let path = base.dropFirst(root.utf8.count).prefix { $0 != "?" && $0 != "#" }
        if location.hasPrefix("?") { return "\(root)\(path)\(location)" }
        let directory = path.lastIndex(of: "/").map { path[...$0] } ?? "/"
        return "\(root)\(directory)\(location)"
    }
}

extension StringProtocol {
    /// The first place of `text`, without Foundation.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
