import ControlAPI

extension ImageSummary {
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
