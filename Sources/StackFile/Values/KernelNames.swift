import OCI

/// A stack file may hold any text in the place of a name of the kernel's; a start needs one of those that there are.
extension KernelNames {
    /// With `CAP_` or without, in any case, `ALL` included.
    static func isCapability(_ text: String) -> Bool { capability(text) != nil }

    /// `SIGTERM`, `TERM`, `term`, `15`, `RTMIN+3`.
    static func isSignal(_ text: String) -> Bool { signal(text) != nil }

    static func isResourceLimit(_ text: String) -> Bool { resourceLimits.contains(text.lowercased()) }

    /// Parts divided by dots or, where a part has dots itself, by slashes (`man 8 sysctl`). No part may lead out of
    /// `/proc/sys`.
    static func isParameter(_ text: String) -> Bool {
        let separator: Character = text.contains("/") ? "/" : "."
        return text.split(separator: separator, omittingEmptySubsequences: false).allSatisfy { part in
            !["", ".", ".."].contains(part) && part.utf8.allSatisfy(isParameterByte)
        }
    }

    /// Names of network interfaces are parts, too.
    private static func isParameterByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "_-.:@".utf8.contains(byte)
        }
    }

    /// The known words in the form in which `text` is written, to find the nearest among them.
    static func candidates(_ words: [String], prefix: String, for text: String) -> [String] {
        text.uppercased().hasPrefix(prefix) ? words.map { prefix + $0 } : words
    }
}
