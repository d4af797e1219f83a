import OCI
import OrderedCollections
import StackModel

// A stack file may hold any text in the place of a name of the kernel's; a start needs one of those that there are.

extension Form where Value == NamespaceMode {
    /// - Parameter words: what may be said; one that ends with a colon has a name after it.
    static func namespace(_ words: String..., as shape: Shape = .text) -> Form {
        Form(
            shape,
            { text in
                let isKnown = words.contains { $0.hasSuffix(":") ? text.hasPrefix($0) && text != $0 : text == $0 }
                return isKnown ? NamespaceMode(text) : nil
            }
        ) { text in
            if text.hasPrefix("service:") || text.hasPrefix("container:") {
                return .init(
                    "can't be carried out: the memory that containers share is mounted in each alone",
                    suggestion: "share it with \"host\", or as a volume")
            }
            let known = words.map { $0.hasSuffix(":") ? $0 + "NAME" : $0 }
            return .init("is no such namespace: use \(known.joined(separator: ", "))")
        }
    }
}

extension Form where Value == Signal {
    static var signal: Form {
        Form(.text, { Signal($0) }) { text in
            let known = candidates(KernelNames.signals, prefix: "SIG", for: text)
            let other = Findings.suggestion(for: text, in: known) ?? "use a name like SIGTERM, or a number"
            return .init("is no signal", suggestion: other)
        }
    }
}

extension Form where Value == String {
    /// As it is written: with `CAP_` or without, in any case, `ALL` included.
    static var capability: Form {
        Form(.text, { KernelNames.capability($0) == nil ? nil : $0 }) { text in
            let known = candidates(KernelNames.capabilities + ["ALL"], prefix: "CAP_", for: text)
            let other = Findings.suggestion(for: text, in: known) ?? "`man 7 capabilities` lists them"
            return .init("is no capability", suggestion: other)
        }
    }

    /// `USER[:GROUP]`. Whether the names are there, only the image can tell.
    static var user: Form {
        Form(.text) { node, place, resolution in
            guard let text = node.string else { return nil }
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            if parts.count > 2 || parts.count == 2 && parts[1].isEmpty {
                resolution.fault("\"\(text)\" is not USER or USER:GROUP", at: node.mark, place)
                return nil
            }
            for part in parts where !part.isEmpty && part.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
                if NumericID(String(part)) != nil { continue }
                resolution.fault("\"\(part)\" is no id: the largest is \(UInt32.max - 1)", at: node.mark, place)
                return nil
            }
            return text
        }
    }
}

extension Form where Value == SecurityOption {
    static var securityOption: Form {
        Form(.text) { node, place, resolution in
            let option = SecurityOption(node.string ?? "")
            if case .unknown(let text) = option {
                resolution.fault(
                    "\"\(text)\" is no security option", at: node.mark, place,
                    suggestion:
                        "there are no-new-privileges, seccomp=unconfined, seccomp=FILE and systempaths=unconfined")
                return nil
            }
            if !option.hasEffect {
                resolution.warning(
                    "\"\(option)\" has no effect: Roost sets neither AppArmor profiles nor SELinux labels",
                    at: node.mark, place)
            }
            return option
        }
    }
}

extension Form where Value == [String: String] {
    /// `sysctls`.
    static var parameters: Form {
        let texts = labels
        return Form(texts.shape) { node, place, resolution in
            for (name, entry) in node.mapping?.entries ?? [:] where !KernelNames.isParameter(name) {
                resolution.fault(
                    "\"\(name)\" is no kernel parameter", at: entry.keyMark, place,
                    suggestion: "write it like net.core.somaxconn")
            }
            return texts.value(node, place, &resolution)
        }
    }
}

/// The known words in the form in which `text` is written, to find the nearest among them.
private func candidates(_ words: [String], prefix: String, for text: String) -> [String] {
    text.uppercased().hasPrefix(prefix) ? words.map { prefix + $0 } : words
}
