import OCI

extension StoredImage {
    /// The name as people write it: `redis:7`.
    public var familiarName: String {
        if case .registry(let reference)? = ImageSource(name), !isDangling { return reference.familiar }
        return name
    }

    /// What the registry calls it by digest, as Docker shows it: `redis@sha256:…`.
    public var repositoryDigest: String? {
        guard let repository, let reference = Reference("\(repository)@\(root)") else { return nil }
        return reference.familiar
    }
}
