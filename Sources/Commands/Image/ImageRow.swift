/// An image under one of its names, as `image ls` shows it.
struct ImageRow: Equatable {
    /// As people write it, `redis`; `nil` for an image without a name.
    var repository: String?
    var tag: String?
    /// `sha256:…` of what the name stands for in its registry.
    var digest: String?
    /// `sha256:…` of the image's configuration.
    var id: String
    /// `os/architecture[/variant]`; `nil` if the image doesn't say.
    var platform: String?
    /// Nanoseconds since 1970; 0 if the image doesn't say.
    var created: Int64
    /// Bytes.
    var size: Int64
    var labels: [String: String] = [:]
    /// Its name went to another image; `repository` is then where it came from.
    var isNameless = false

    /// The name as people write it; `nil` without one.
    var name: String? {
        guard let repository, !isNameless else { return nil }
        if let tag { return repository + ":" + tag }
        return digest.map { repository + "@" + $0 }
    }

    var isDangling: Bool { isNameless || repository == nil || tag == nil && digest == nil }

    /// Twelve digits of the id, or the whole of it.
    func id(truncated: Bool) -> String { truncated ? shortID(id) : id }
}

/// The first twelve digits of a digest, which is how images are known to people.
func shortID(_ digest: String) -> String {
    String(digest.drop { $0 != ":" }.dropFirst().prefix(12))
}

/// How long ago something was, in Docker's words; `N/A` where nobody knows.
func ago(_ instant: Int64, now: Int64) -> String {
    instant <= 0 ? "N/A" : humanDuration(from: instant, to: now) + " ago"
}
