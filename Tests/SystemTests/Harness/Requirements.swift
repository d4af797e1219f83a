import Foundation
import Testing

/// Where the things under test are, and what this machine lacks to run them.
enum Requirements {
    /// The repository, from this file's place in it.
    static let repository = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path(percentEncoded: false)

    /// The directory of `roost`, `roost-supervisor`, `roost-shim` and `roost-layer`: where the test program itself is, or `ROOST_TEST_BIN`.
    static let binaries: String = {
        if let chosen = ProcessInfo.processInfo.environment["ROOST_TEST_BIN"] { return chosen }
        let program = URL(filePath: CommandLine.arguments.first ?? "").resolvingSymlinksInPath()
        return program.deletingLastPathComponent().path(percentEncoded: false)
    }()

    /// The directory of the images that scripts/make-images makes, or `ROOST_TEST_IMAGES`.
    static let images: String =
        ProcessInfo.processInfo.environment["ROOST_TEST_IMAGES"] ?? join(repository, ".build-images")

    /// Why the system tests can't run here; nil when they can.
    static let missing: String? = {
        if geteuid() != 0 { return "the system tests make namespaces and need root" }
        for program in ["roost", "roost-supervisor", "roost-shim", "roost-layer"]
        where !isExecutable(join(binaries, program)) {
            return "\(program) is not in \(binaries); build it first or set ROOST_TEST_BIN"
        }
        for tool in ["ip", "nft", "unshare", "nsenter", "python3", "busybox", "curl"] where !isInstalled(tool) {
            return "`\(tool)` is not installed; `make packages` installs what the tests need"
        }
        return missingImage(of: ["busybox"])
    }()

    /// Why the tests with real programs can't run here; nil when they can.
    static let missingForRealImages: String? = missing ?? missingImage(of: ["redis", "postgres", "nginx", "counter"])

    private static func missingImage(of names: [String]) -> String? {
        names.first { !FileManager.default.fileExists(atPath: join(images, $0, "index.json")) }
            .map { "there is no image \($0) in \(images); scripts/make-images makes it" }
    }

    private static func isInstalled(_ tool: String) -> Bool {
        searchPath.split(separator: ":").contains { isExecutable(join(String($0), tool)) }
    }

    private static func isExecutable(_ path: String) -> Bool { FileManager.default.isExecutableFile(atPath: path) }
}

/// The search path inside a test's host.
let searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/// Path components put together with single slashes between them.
func join(_ first: String, _ rest: String...) -> String {
    rest.reduce(first) { $0.hasSuffix("/") ? $0 + $1 : $0 + "/" + $1 }
}

/// The `image:` value of one of the small images; `scripts/make-images` lists its tags.
func busybox(_ tag: String = "latest") -> String { image("busybox", tag) }

/// The `image:` value of an image made by scripts/make-images.
func image(_ name: String, _ tag: String = "latest") -> String { "oci:\(join(Requirements.images, name)):\(tag)" }

extension Trait where Self == ConditionTrait {
    /// Runs the test only where namespaces can be made and the programs and small images are there.
    static var asRoot: Self {
        .enabled(if: Requirements.missing == nil, Comment(rawValue: Requirements.missing ?? ""))
    }

    /// As `asRoot`, with the images of real programs too.
    static var withRealImages: Self {
        .enabled(
            if: Requirements.missingForRealImages == nil, Comment(rawValue: Requirements.missingForRealImages ?? ""))
    }

    /// Runs the test only where `tool` is installed.
    static func with(_ tool: String) -> Self {
        .enabled("\(tool) is not installed") {
            searchPath.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)") }
        }
    }
}
