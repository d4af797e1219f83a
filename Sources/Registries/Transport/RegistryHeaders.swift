/// All that is read from headers of registries, at once: for who tries to break it.
package enum RegistryHeaders {
    /// Whether the text is one of the headers.
    package static func read(_ text: String) -> Bool {
        let challenges = Challenge.challenges(text)
        let addresses = challenges.compactMap { $0.tokenURL(for: .push("team/app"), account: "user", offline: true) }
        let isSafe = addresses.allSatisfy { address in
            Origin(address).map { $0.scheme == "https" || Authority.isLoopback($0.authority) } ?? false
        }
        precondition(isSafe, "a password would go out without encryption")
        let place = Origin.resolve(text, from: "https://registry.test/v2/app/blobs/uploads/1?state=2")
        precondition(place.map { Origin($0) != nil } ?? true, "a redirect to no address of HTTP")
        return !addresses.isEmpty || place != nil || ContentRange(text) != nil
            || RetryAfter.parse(text, now: 0) != nil
    }
}
