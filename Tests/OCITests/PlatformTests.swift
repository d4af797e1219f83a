import OCI
import Testing

struct PlatformTests {
    @Test(arguments: [
        ("linux/arm64", "linux/arm64"), ("linux/arm64/v8", "linux/arm64/v8"), ("linux/aarch64", "linux/arm64"),
        ("linux/x86_64", "linux/amd64"), ("LINUX/AMD64", "linux/amd64"), ("linux/amd64/v2", "linux/amd64/v2"),
        ("linux/arm", "linux/arm/v7"), ("linux/armhf", "linux/arm/v7"), ("linux/arm/6", "linux/arm/v6"),
        ("arm64", "linux/arm64"), ("arm/v6", "linux/arm/v6"), ("windows/amd64", "windows/amd64"),
        ("macos/arm64", "darwin/arm64"), ("linux/loongarch64", "linux/loong64"), ("linux/made-up", "linux/made-up"),
        ("linux", "\(Platform.host)"),
    ])
    func readsWhatPeopleWrite(_ text: String, _ expected: String) throws {
        #expect(try Platform(parsing: text).description == expected)
    }

    @Test(arguments: ["", "/", "linux/", "linux//v7", "a/b/c/d", "linux/arm 64", "nonsense", "linux/ä"])
    func refusesOthers(_ text: String) {
        #expect(throws: PlatformError.self) { try Platform(parsing: text) }
    }

    @Test(arguments: [
        ("linux/arm/v7", "linux/arm/v6", true), ("linux/arm/v6", "linux/arm/v7", false),
        ("linux/amd64/v3", "linux/amd64/v2", true), ("linux/amd64/v2", "linux/amd64/v3", false),
        ("linux/arm64", "linux/arm64/v8", true), ("linux/amd64", "linux/386", false),
    ])
    func knowsWhatRunsWhere(_ own: String, _ image: String, _ runs: Bool) throws {
        #expect(try (Platform(parsing: own).suitability(of: Platform(parsing: image)) != nil) == runs)
    }

    private static let hex = String(repeating: "0123456789abcdef", count: 4)

    @Test(arguments: [
        ("docker://redis", "docker.io/library/redis:latest", nil), ("redis:7", "docker.io/library/redis:7", nil),
        ("sha256:\(hex)", "docker.io/library/sha256:\(hex)", hex), (hex, "docker.io/library/sha256:\(hex)", hex),
        ("c0ffee", "docker.io/library/c0ffee:latest", "c0ffee"), ("coffee", "docker.io/library/coffee:latest", nil),
        ("c0ffee:1", "docker.io/library/c0ffee:1", nil), ("example.com/c0ffee", "example.com/c0ffee:latest", nil),
    ])
    func aNameMayBeAnId(_ text: String, _ name: String, _ id: String?) throws {
        let source = try ImageSource(parsing: text)
        #expect(source.description == name && source.imageID == id)
        #expect(source.isOnlyAnImageID == (id?.count == 64))
    }
}
