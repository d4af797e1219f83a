import Glibc

/// An operating system and a processor, in the names of the OCI image specification (Go's).
public struct Platform: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The processor: `amd64`, `arm64`, `arm`, …
    public var architecture: String
    /// The operating system: `linux`.
    public var os: String
    /// The processor's generation where one name covers several: `v7` of `arm`.
    public var variant: String?

    private enum CodingKeys: String, CodingKey {
        case architecture, os, variant
    }

    public init(os: String, architecture: String, variant: String? = nil) {
        self.os = os
        self.architecture = architecture
        self.variant = variant
    }

    /// The machine that this process runs on.
    public static let host: Platform = {
        var name = utsname()
        guard uname(&name) == 0 else { return Platform(os: "linux", architecture: "unknown") }
        let machine = withUnsafeBytes(of: name.machine) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        return Platform(machine: machine)
    }()

    /// From what the kernel calls the machine, `uname -m`.
    init(machine: String) {
        let (architecture, variant): (String, String?) =
            switch machine {
            case "x86_64": ("amd64", nil)
            case "aarch64": ("arm64", "v8")
            case "i386", "i486", "i586", "i686": ("386", nil)
            case "armv5tel", "armv5tejl": ("arm", "v5")
            case "armv6l": ("arm", "v6")
            case "armv7l", "armv8l": ("arm", "v7")
            case "ppc64le", "riscv64", "s390x", "mips64le": (machine, nil)
            case "loongarch64": ("loong64", nil)
            default: (machine, nil)
            }
        self.init(os: "linux", architecture: architecture, variant: variant)
    }

    /// How well an image for `candidate` suits this platform: higher is better, `nil` doesn't run.
    ///
    /// Without a variant of its own a platform is taken for the first generation that its architecture has.
    /// An image without a variant runs on every generation; one with a variant runs on that generation and later ones.
    public func suitability(of candidate: Platform) -> Int? {
        guard candidate.os == os, candidate.architecture == architecture else { return nil }
        guard let wanted = candidate.variant, !wanted.isEmpty else { return 0 }
        guard let generation = Self.generation(wanted) else { return wanted == variant ? 1 : nil }
        let own = variant.flatMap(Self.generation) ?? (architecture == "arm64" ? 8 : 1)
        // Nobody asked for a generation: a later one than the first is taken if there is nothing else, and it runs.
        if generation > own, self == .host, architecture == "amd64", generation <= Self.x86Generation {
            return generation - 100
        }
        return generation <= own ? generation : nil
    }

    private static func generation(_ variant: String) -> Int? {
        variant.hasPrefix("v") ? Int(variant.dropFirst()) : nil
    }

    public var description: String {
        "\(os)/\(architecture)" + (variant.map { $0.isEmpty ? "" : "/\($0)" } ?? "")
    }
}
