import FoundationEssentials
import Glibc
import Kernel
import OCI
import TOMLKit

/// Where images of some registry, or of a part of one, really come from: the `[[registry]]` tables of containers'
/// `registries.conf` (`man 5 containers-registries.conf`, version 2).
struct RegistryRule: Hashable, Sendable {
    struct Mirror: Hashable, Sendable {
        /// For which references a mirror is asked.
        enum Purpose: String, Hashable, Sendable {
            case all
            case digestOnly = "digest-only"
            case tagOnly = "tag-only"
        }
        var location: String
        var insecure = false
        var purpose = Purpose.all
    }

    /// What a reference has to begin with: `HOST[:PORT][/PATH…]`, or `*.DOMAIN`.
    var prefix: String
    /// What stands in its place; nil for itself.
    var location: String?
    var insecure = false
    var blocked = false
    var mirrors: [Mirror] = []

    /// How much of the reference's name the rule speaks of; nil if it isn't meant.
    func match(_ reference: Reference) -> Int? {
        let name = "\(reference.registry)/\(reference.repository)"
        if prefix.hasPrefix("*.") {
            return reference.registry.hasSuffix(prefix.dropFirst()) ? reference.registry.utf8.count : nil
        }
        guard name.hasPrefix(prefix) else { return nil }
        let rest = name.dropFirst(prefix.count)
        if rest.isEmpty || rest.hasPrefix("/") { return prefix.utf8.count }
        // `prefix` may name one tag or digest of a repository, too; those are compared as a whole.
        return reference.description == prefix ? prefix.utf8.count : nil
    }
}

/// All rules of a host and a user.
struct RegistryRules: Hashable, Sendable {
    var rules: [RegistryRule] = []

    /// The rule for a reference: the one with the longest prefix.
    func rule(for reference: Reference) -> RegistryRule? {
        rules.compactMap { rule in rule.match(reference).map { (rule, $0) } }.max { $0.1 < $1.1 }?.0
    }

    /// Adds the rules of a file; one with a known prefix replaces the earlier one.
    mutating func add(_ file: String) throws(CredentialError) {
        let text: [UInt8]
        do {
            text = try Files.read(file, limit: 1 << 20)
        } catch {
            if error.errno == ENOENT { return }
            throw CredentialError(file, "it can't be read: \(error.reason)")
        }
        guard let text = String(validating: text, as: UTF8.self) else { throw CredentialError(file, "it isn't UTF-8") }
        for rule in try Self.parse(text, file) {
            rules.removeAll { $0.prefix == rule.prefix }
            rules.append(rule)
        }
    }

    static func parse(_ text: String, _ file: String) throws(CredentialError) -> [RegistryRule] {
        let document: Document
        do {
            document = try TOMLDecoder().decode(Document.self, from: text)
        } catch let error as TOMLParseError {
            let place = error.source.begin
            throw CredentialError("\(file):\(place.line):\(place.column)", "it isn't TOML: \(error.description)")
        } catch {
            throw CredentialError(file, "a table of [[registry]] has a field of the wrong type")
        }
        var rules: [RegistryRule] = []
        for table in document.registry ?? [] { rules.append(try table.rule(file)) }
        return rules
    }

    private struct Document: Decodable {
        var registry: [Table]?
    }

    private struct Table: Decodable {
        struct MirrorTable: Decodable {
            var location: String?
            var insecure: Bool?
            var purpose: String?

            private enum CodingKeys: String, CodingKey {
                case location, insecure
                case purpose = "pull-from-mirror"
            }
        }
        var prefix: String?
        var location: String?
        var insecure: Bool?
        var blocked: Bool?
        var digestOnly: Bool?
        var mirror: [MirrorTable]?

        private enum CodingKeys: String, CodingKey {
            case prefix, location, insecure, blocked, mirror
            case digestOnly = "mirror-by-digest-only"
        }

        func rule(_ file: String) throws(CredentialError) -> RegistryRule {
            let location = location.flatMap { $0.isEmpty ? nil : Self.trimmed($0) }
            guard let prefix = prefix.flatMap({ $0.isEmpty ? nil : Self.trimmed($0) }) ?? location else {
                throw CredentialError(file, "a [[registry]] has neither prefix nor location")
            }
            var rule = RegistryRule(
                prefix: prefix, location: location, insecure: insecure ?? false, blocked: blocked ?? false)
            for mirror in mirror ?? [] {
                guard let location = mirror.location.map(Self.trimmed), !location.isEmpty else {
                    throw CredentialError(file, "a mirror of \(prefix) has no location")
                }
                let text = mirror.purpose ?? (digestOnly == true ? "digest-only" : "all")
                guard let purpose = RegistryRule.Mirror.Purpose(rawValue: text.isEmpty ? "all" : text) else {
                    throw CredentialError(
                        file, "pull-from-mirror of \(location) is \"\(text)\", not all, digest-only or tag-only")
                }
                rule.mirrors.append(
                    .init(location: location, insecure: mirror.insecure ?? false, purpose: purpose))
            }
            return rule
        }

        private static func trimmed(_ location: String) -> String {
            String(location.reversed().drop { $0 == "/" }.reversed())
        }
    }
}
