import ControlAPI
import Images
import Kernel
import OCI

extension ImageSummary {
    init(_ image: StoredImage, size: Int64) {
        self.init(
            id: image.id.description, platform: image.platform?.description,
            created: image.created.flatMap(Timestamp.parse) ?? 0, size: size,
            labels: image.configuration.config.labels, storedName: image.name,
            manifest: image.manifestDigest.description)
        guard !image.isDangling else {
            isNameless = true
            digest = image.root.description
            repository = image.repository.flatMap { Reference($0) }?.familiarRepository
            return
        }
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
