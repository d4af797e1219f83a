import OCI
import Testing

@Suite struct ReferenceTests {
    private static let digest = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    @Test(
        arguments: [
            ("redis", "docker.io/library/redis:latest", "redis:latest"),
            ("redis:7-alpine", "docker.io/library/redis:7-alpine", "redis:7-alpine"),
            ("bitnami/redis", "docker.io/bitnami/redis:latest", "bitnami/redis:latest"),
            ("docker.io/redis", "docker.io/library/redis:latest", "redis:latest"),
            ("index.docker.io/library/redis:7", "docker.io/library/redis:7", "redis:7"),
            ("docker.io/ghcr.io/app", "docker.io/ghcr.io/app:latest", "docker.io/ghcr.io/app:latest"),
            ("library/a/b", "docker.io/library/a/b:latest", "library/a/b:latest"),
            ("localhost/app", "localhost/app:latest", "localhost/app:latest"),
            ("localhost:5000/app:v1", "localhost:5000/app:v1", "localhost:5000/app:v1"),
            ("127.0.0.1:5000/a/b/c:1", "127.0.0.1:5000/a/b/c:1", "127.0.0.1:5000/a/b/c:1"),
            ("[::1]:5000/app", "[::1]:5000/app:latest", "[::1]:5000/app:latest"),
            ("ghcr.io/o/r@\(digest)", "ghcr.io/o/r@\(digest)", "ghcr.io/o/r@\(digest)"),
            ("redis:7@\(digest)", "docker.io/library/redis:7@\(digest)", "redis:7@\(digest)"),
            ("redis@\(digest)", "docker.io/library/redis@\(digest)", "redis@\(digest)"),
            ("a__b/c-_d.e", nil, nil),
            ("a__b/c--d.e", "docker.io/a__b/c--d.e:latest", "a__b/c--d.e:latest"),
            ("HOST/app", "HOST/app:latest", "HOST/app:latest"),
            ("", nil, nil), ("Redis", nil, nil), ("redis:", nil, nil), ("redis:-x", nil, nil), ("a//b", nil, nil),
            ("-a", nil, nil), ("a/../b", nil, nil), ("redis@sha256:1", nil, nil), ("host:99999/x", nil, nil),
            ("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", nil, nil), ("a b", nil, nil),
            (String(repeating: "a", count: 256), nil, nil), ("redis:\(String(repeating: "1", count: 129))", nil, nil),
            ("localhost:+80/app", nil, nil), ("[::1]:+5/app", nil, nil), ("[::\u{ff11}]/app", nil, nil),
        ] as [(String, String?, String?)])
    func normalises(_ text: String, _ whole: String?, _ familiar: String?) {
        let reference = Reference(text)
        #expect(reference?.description == whole)
        #expect(reference?.familiar == familiar)
        if let reference { #expect(Reference(reference.description) == reference) }
    }

    @Test func errorsSayWhatIsWrong() {
        #expect(throws: ReferenceError.self) { try Reference(parsing: "Redis") }
        do {
            _ = try Reference(parsing: "Redis")
        } catch {
            #expect(error.description == "\"Redis\" is not an image reference: a repository's name is in lower case")
        }
    }

    @Test(
        arguments: [
            ("redis", .registry(Reference("redis"))),
            ("oci:/images/redis", .layout(path: "/images/redis", tag: nil)),
            ("oci:../images:7", .layout(path: "../images", tag: "7")),
            ("oci:../images:redis:7", .layout(path: "../images", tag: "redis:7")),
            ("oci-archive:a.tar", .archive(path: "a.tar", tag: nil, form: .oci)),
            ("docker-archive:a.tar:redis:7", .archive(path: "a.tar", tag: "redis:7", form: .docker)),
            ("oci:", nil), ("oci::tag", nil), ("docker-archive:", nil),
            ("oci/redis:7", .registry(Reference("oci/redis:7"))),
        ] as [(String, Expected?)])
    func readsSources(_ text: String, _ expected: Expected?) {
        #expect(ImageSource(text) == expected?.source)
    }

    /// A source that may be none, as a table wants it.
    enum Expected {
        case registry(Reference?)
        case layout(path: String, tag: String?)
        case archive(path: String, tag: String?, form: ImageSource.ArchiveForm)

        var source: ImageSource? {
            switch self {
            case .registry(let reference): reference.map { .registry($0) }
            case .layout(let path, let tag): .layout(path: path, tag: tag)
            case .archive(let path, let tag, let form): .archive(path: path, tag: tag, form: form)
            }
        }
    }

    @Test func pathsBecomeAbsolute() {
        let source = ImageSource("oci:images/a:1")
        #expect(source?.resolved(against: "/project").description == "oci:/project/images/a:1")
        #expect(ImageSource("oci:/a")?.resolved(against: "/project").description == "oci:/a")
    }
}
