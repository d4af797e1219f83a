import Glibc

extension Platform: LosslessStringConvertible {
    /// Reads `OS/ARCHITECTURE[/VARIANT]`, or one of the two alone, in containerd's spelling and in the kernel's:
    /// `linux/arm64`, `arm/v7`, `aarch64`, `linux`. What is left out is this machine's.
    public init(parsing text: String) throws(PlatformError) {
        let parts = text.lowercased().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (1...3).contains(parts.count), parts.allSatisfy(Self.isWord) else { throw PlatformError(text: text) }
        if parts.count == 1 {
            if Self.systems.contains(parts[0]) {
                self.init(
                    os: parts[0], architecture: Platform.host.architecture, variant: Platform.host.variant)
                return
            }
            guard let known = Self.processor(parts[0], variant: nil) else { throw PlatformError(text: text) }
            self.init(os: Platform.host.os, architecture: known.architecture, variant: known.variant)
            return
        }
        if parts.count == 2, !Self.systems.contains(parts[0]), let known = Self.processor(parts[0], variant: parts[1]) {
            self.init(os: Platform.host.os, architecture: known.architecture, variant: known.variant)
            return
        }
        let variant = parts.count == 3 ? parts[2] : nil
        let known = Self.processor(parts[1], variant: variant) ?? (parts[1], variant)
        self.init(os: parts[0] == "macos" ? "darwin" : parts[0], architecture: known.0, variant: known.1)
    }

    public init?(_ description: String) {
        // `try?`: the caller asked for no reason.
        guard let platform = try? Platform(parsing: description) else { return nil }
        self = platform
    }

    private static let systems: Set<String> = [
        "linux", "windows", "darwin", "macos", "freebsd", "netbsd", "openbsd", "dragonfly", "solaris", "illumos", "aix",
        "android", "ios", "js", "plan9", "zos",
    ]

    private static func isWord(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 64
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F || $0 == 0x2D || $0 == 0x2E
            }
    }

    /// A processor as containerd normalises it; `nil` for one that it doesn't know.
    private static func processor(_ name: String, variant: String?) -> (architecture: String, variant: String?)? {
        switch name {
        case "amd64", "x86_64", "x86-64": ("amd64", variant == "v1" ? nil : variant)
        case "i386", "386", "i686": ("386", variant)
        case "arm64", "aarch64": ("arm64", variant == "8" ? "v8" : variant)
        case "armhf": ("arm", "v7")
        case "armel": ("arm", "v6")
        case "arm": ("arm", variant.map { $0.hasPrefix("v") ? $0 : "v\($0)" } ?? "v7")
        case "ppc64le", "ppc64", "riscv64", "s390x", "mips64le", "mips64", "mips", "mipsle", "wasm", "sparc64":
            (name, variant)
        case "loong64", "loongarch64": ("loong64", variant)
        default: nil
        }
    }

    /// The generation of this machine's x86-64 processor, 1 to 4, by what the kernel says it can do (x86-64 psABI).
    static let x86Generation: Int = {
        guard let file = fopen("/proc/cpuinfo", "re") else { return 1 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 16_384)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            guard text.hasPrefix("flags") else { continue }
            let flags = Set(text.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\n" }).map(String.init))
            let steps: [Set<String>] = [
                ["cx16", "lahf_lm", "popcnt", "sse4_1", "sse4_2", "ssse3"],
                ["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"],
                ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"],
            ]
            return 1 + steps.prefix { $0.isSubset(of: flags) }.count
        }
        return 1
    }()
}

/// Why some text is no platform.
public struct PlatformError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was read.
    public let text: String

    public var description: String {
        "\"\(oneLine(text.prefix(100)))\" is not a platform; write OS/ARCHITECTURE[/VARIANT], such as linux/arm64 or linux/arm/v7"
    }
}
