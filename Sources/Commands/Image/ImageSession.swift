import ControlAPI
import Images
import OCI

/// The store as a command of this process uses it, without a supervisor.
struct ImageSession {
    let context: Context
    let store: ImageStore

    init(_ context: Context) throws {
        self.context = context
        store = try ImageStore(root: context.locations.root)
    }

    /// All images under all of their names, the newest first as Docker lists them.
    func rows() throws -> [ImageRow] {
        try store.list().map(ImageRow.init).sorted {
            ($1.created, $0.repository ?? "", $0.tag ?? "") < ($0.created, $1.repository ?? "", $1.tag ?? "")
        }
    }
}

extension ImageRow {
    init(_ image: StoredImage) {
        self.init(
            id: image.id.description, platform: image.platform?.description,
            created: image.created.flatMap(Timestamp.parse) ?? 0, size: image.size)
        labels = image.configuration.config.labels
        switch ImageSource(image.name) {
        case .registry(let reference)?:
            repository = reference.familiarRepository
            tag = reference.tag
            digest = (reference.digest ?? image.manifestDigest).description
        case .layout(let path, let tag)?: (repository, self.tag) = ("oci:" + path, tag)
        case .archive(let path, let tag, let form)?: (repository, self.tag) = (form.rawValue + ":" + path, tag)
        case nil: break
        }
    }
}

extension Reference {
    /// The repository as people write it: `redis`, `localhost:5000/tools/box`.
    var familiarRepository: String {
        let text = familiar
        let end = text.firstIndex(of: "@") ?? text.endIndex
        guard let colon = text[..<end].lastIndex(of: ":"), !text[colon..<end].contains("/") else {
            return String(text[..<end])
        }
        return String(text[..<colon])
    }
}
