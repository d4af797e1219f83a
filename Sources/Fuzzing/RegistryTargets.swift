import OCI
import Registries

/// What registries and archives answer, and what users name images by.
enum RegistryTargets {
    /// A reference, alone and with a transport. What is accepted has a normal form that means the same.
    static func reference(_ input: [UInt8]) -> Bool {
        let text = String(decoding: input, as: UTF8.self)
        if let source = ImageSource(text), ImageSource(source.description) != source {
            FuzzTarget.broken("\(source) is another source when it is read again")
        }
        guard let reference = Reference(text) else { return false }
        guard Reference(reference.description) == reference else {
            FuzzTarget.broken("\(reference) is another reference when it is read again")
        }
        guard Reference(reference.familiar) == reference else {
            FuzzTarget.broken("\(reference.familiar) isn't \(reference)")
        }
        let name = "\(reference.registry)/\(reference.repository)"
        guard !name.contains("/../"), !name.contains(where: { $0.isWhitespace || $0.isNewline }) else {
            FuzzTarget.broken("\(name) could lead elsewhere in an address")
        }
        return true
    }

    /// A manifest or an index.
    static func manifest(_ input: [UInt8]) -> Bool {
        do {
            let document = try ManifestDocument(bytes: input, mediaType: nil)
            if document.descriptor.mediaType.isIndex {
                let index = try Index(json: input)
                _ = index.best(for: .host)
                _ = index.platforms
                guard try Index(json: try index.json()) == index else { FuzzTarget.broken("the index has changed") }
            } else {
                let manifest = try Manifest(json: input)
                guard try Manifest(json: try manifest.json()) == manifest else {
                    FuzzTarget.broken("the manifest has changed")
                }
            }
            return true
        } catch {
            guard !error.reason.isEmpty else { FuzzTarget.broken("an error without a reason") }
            return false
        }
    }

    /// The table of contents of what `docker save` makes.
    static func archive(_ input: [UInt8]) -> Bool {
        do {
            let images = try SavedImage.table(json: input)
            guard try SavedImage.table(json: try SavedImage.json(images)) == images else {
                FuzzTarget.broken("the table of contents has changed")
            }
            for image in images {
                for reference in try image.references() where Reference(reference.description) != reference {
                    FuzzTarget.broken("\(reference) is another reference when it is read again")
                }
            }
            return true
        } catch {
            guard !error.reason.isEmpty, !error.description.contains("\n") else {
                FuzzTarget.broken("an error without a reason, or of several lines")
            }
            return false
        }
    }

    /// An image's configuration.
    static func configuration(_ input: [UInt8]) -> Bool {
        do {
            let configuration = try ImageConfiguration(json: input)
            guard try ImageConfiguration(json: try configuration.json()) == configuration else {
                FuzzTarget.broken("the configuration has changed")
            }
            return true
        } catch {
            return false
        }
    }

    /// The headers with which a registry asks for a login, sends elsewhere, and says which part of a blob comes.
    static func header(_ input: [UInt8]) -> Bool {
        RegistryHeaders.read(String(decoding: input, as: UTF8.self))
    }
}
