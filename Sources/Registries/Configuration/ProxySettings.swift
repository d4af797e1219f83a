import Addressing

/// The proxies that the environment names, in curl's variables.
struct ProxySettings: Hashable, Sendable {
    /// A proxy, as one variable has it.
    struct Proxy: Hashable, Sendable {
        enum Kind: Hashable, Sendable { case http, socks }
        var kind: Kind
        var host: String
        var port: Int
        var user: String?
        var password: String?
    }

    var http: Proxy?
    var https: Proxy?
    /// Hosts, domains, addresses and networks that are reached without a proxy.
    var exceptions: [String] = []

    init() {}

    init(environment: [String: String]) throws(CredentialError) {
        func proxy(_ names: String...) throws(CredentialError) -> Proxy? {
            for name in names {
                if let text = environment[name], !text.isEmpty { return try Self.parse(text, name) }
            }
            return nil
        }
        let any = try proxy("all_proxy", "ALL_PROXY")
        http = try proxy("http_proxy", "HTTP_PROXY") ?? any
        https = try proxy("https_proxy", "HTTPS_PROXY") ?? any
        exceptions = (environment["no_proxy"] ?? environment["NO_PROXY"] ?? "")
            .split { $0 == "," || $0 == " " }.map { $0.lowercased() }
    }

    /// Reads `http://USER:PASSWORD@HOST:PORT`; without a scheme it is an HTTP proxy.
    static func parse(_ text: String, _ variable: String) throws(CredentialError) -> Proxy {
        let parts = text.split(separator: "://", maxSplits: 1).map(String.init)
        let scheme = parts.count == 2 ? parts[0].lowercased() : "http"
        var proxy = Proxy(kind: .http, host: "", port: 80)
        switch scheme {
        case "http": break
        case "socks5", "socks5h", "socks": proxy = Proxy(kind: .socks, host: "", port: 1080)
        default:
            throw CredentialError(
                variable, "a proxy is reached by http:// or socks5://, not by \(scheme.prefix(20))://")
        }
        var authority = Substring(parts.last ?? "").prefix { $0 != "/" }
        if let at = authority.lastIndex(of: "@") {
            let login = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            proxy.user = login.first.map { PercentCoding.decode(String($0)) }
            proxy.password = login.count > 1 ? PercentCoding.decode(String(login[1])) : ""
            authority = authority[authority.index(after: at)...]
        }
        guard let (host, port) = Authority.split(String(authority)), !host.isEmpty else {
            // It may hold a password, so it isn't shown.
            throw CredentialError(variable, "its value is not the address of a proxy, as in http://HOST:PORT")
        }
        proxy.host = host
        proxy.port = port ?? proxy.port
        return proxy
    }

    /// The proxy for a host, if it is reached through one. This machine never is.
    func proxy(scheme: String, authority: String) -> Proxy? {
        guard let proxy = scheme == "https" ? https : http, !Authority.isLoopback(authority),
            let (host, port) = Authority.split(authority)
        else { return nil }
        let name = host.lowercased()
        let address = IPAddress(name)
        return exceptions.contains { Self.matches($0, name, port ?? (scheme == "https" ? 443 : 80), address) }
            ? nil : proxy
    }

    private static func matches(_ exception: String, _ host: String, _ port: Int, _ address: IPAddress?) -> Bool {
        if exception == "*" { return true }
        if let address {
            if let network = Prefix(exception) {
                return network.contains(address)
            }
            if let own = IPAddress(exception) { return own == address }
        }
        guard let (name, wanted) = Authority.split(exception), wanted == nil || wanted == port else { return false }
        let bare = name.hasPrefix("*.") ? name.dropFirst(2) : name.hasPrefix(".") ? name.dropFirst() : name[...]
        return host == bare || host.hasSuffix(".\(bare)")
    }
}
