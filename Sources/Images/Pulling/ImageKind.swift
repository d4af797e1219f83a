import FoundationEssentials
import OCI

/// Tells the images that Roost takes from what else a registry holds, and says why the others aren't taken.
enum ImageKind {
    private struct Outline: Decodable {
        var schemaVersion: Int?
        var mediaType: String?
        var artifactType: String?
    }

    private static let configurations: Set<MediaType> = [
        .configuration, MediaType(rawValue: "application/vnd.docker.container.image.v1+json"),
        // What very old versions of Docker wrote.
        MediaType(rawValue: "application/octet-stream"),
    ]

    /// Whether the document is an image's manifest, rather than an index. Throws for everything else.
    static func isManifest(_ document: ManifestDocument, _ subject: String) throws(ImageError) -> Bool {
        let type = document.descriptor.mediaType
        // `try?`: what isn't even this is found malformed by whoever reads it next.
        let outline = try? JSONDecoder().decode(Outline.self, from: Data(document.bytes))
        if outline?.schemaVersion == 1 || type.rawValue.hasPrefix("application/vnd.docker.distribution.manifest.v1+") {
            let detail =
                "it is in Docker's first manifest format (schema 1), which has no digests of its own and is no longer "
                + "in use; pull and push it with a Docker of 2017 to 2023 to bring it into the present one"
            throw ImageError(subject, .unsupported(detail: detail))
        }
        if type.isIndex { return false }
        if type.isManifest { return true }
        throw ImageError(subject, .unsupported(detail: "manifests of type \(type) aren't supported"))
    }

    /// The manifest of an image. Throws for artifacts, and for layers that can't be had or unpacked.
    static func manifest(_ document: ManifestDocument, _ subject: String) throws -> Manifest {
        let manifest = try Manifest(json: document.bytes)
        guard configurations.contains(manifest.config.mediaType) else {
            // `try?`: it was read a moment ago.
            let artifact = try? JSONDecoder().decode(Outline.self, from: Data(document.bytes)).artifactType
            let what = artifact ?? manifest.config.mediaType.rawValue
            throw ImageError(subject, .unsupported(detail: "it is an artifact of type \(what), not an image"))
        }
        for layer in manifest.layers { try check(layer, subject) }
        return manifest
    }

    private static func check(_ layer: Descriptor, _ subject: String) throws(ImageError) {
        let type = layer.mediaType
        let name = type.rawValue
        if type.isForeignLayer {
            let detail =
                "layer \(layer.digest) may not be distributed by registries (\(name)): its maker offers it elsewhere, "
                + "as Windows base layers are, and Roost takes nothing from there"
            throw ImageError(subject, .unsupported(detail: detail))
        }
        if name.hasSuffix("+encrypted") {
            throw ImageError(subject, .unsupported(detail: "layer \(layer.digest) is encrypted"))
        }
        guard (0...DocumentLimit.layer).contains(layer.size) else {
            throw ImageError(subject, .malformed(detail: "layer \(layer.digest) has a size of \(layer.size) bytes"))
        }
        let isTar = name.contains(".tar") || name.contains("rootfs.diff")
        guard isTar || name == "application/octet-stream" else {
            throw ImageError(subject, .unsupported(detail: "layer \(layer.digest) is a \(name), not a tar archive"))
        }
    }
}
