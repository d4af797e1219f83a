/// `HOST[:PORT]`, as it stands in references and addresses.
enum Authority {
    /// Host (an IPv6 address without its brackets) and port; nil where the port is none.
    static func split(_ text: String) -> (host: String, port: Int?)? {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let host = String(text[text.index(after: text.startIndex)..<end])
            let rest = text[text.index(after: end)...]
            if rest.isEmpty { return (host, nil) }
            guard rest.hasPrefix(":"), let port = UInt16(rest.dropFirst()), port > 0 else { return nil }
            return (host, Int(port))
        }
        guard let colon = text.lastIndex(of: ":") else { return (text, nil) }
        // Two colons without brackets are an IPv6 address.
        if text[..<colon].contains(":") { return (text, nil) }
        guard let port = UInt16(text[text.index(after: colon)...]), port > 0 else { return nil }
        return (String(text[..<colon]), Int(port))
    }

    /// Whether it is this machine: registries there are spoken to without encryption, as Docker does.
    static func isLoopback(_ authority: String) -> Bool {
        guard let (host, _) = split(authority) else { return false }
        if host == "localhost" || host == "::1" { return true }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil }
    }
}

/// RFC 3986's percent-encoding.
enum PercentCoding {
    /// Encodes everything but the unreserved characters, and `:` and `/`, which need no encoding in a query.
    static func encode(_ text: String, except extra: String = ":/") -> String {
        var result = ""
        for byte in text.utf8 {
            let character = Character(Unicode.Scalar(byte))
            if byte < 128,
                character.isLetter || character.isNumber || "-._~".contains(character)
                    || extra.contains(character)
            {
                result.append(character)
            } else {
                result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }

    /// Decodes `%XX`; what isn't in that form stays.
    static func decode(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        // swift-format-ignore: the lossy reading is meant
        return String(decoding: bytes, as: UTF8.self)
    }
}
