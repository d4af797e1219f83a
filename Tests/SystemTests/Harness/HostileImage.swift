import Foundation
import Testing

/// A file of a layer that no builder would make.
struct LayerEntry: Encodable, Sendable {
    var name: String
    /// `file`, `directory`, `link`, `fifo`, `character` or `block`.
    var kind: String
    /// Of a file its content, of a link what it points to.
    var content = ""
    var mode = 0o755
    var major = 0
    var minor = 0

    static func directory(_ name: String) -> LayerEntry { LayerEntry(name: name, kind: "directory") }
    static func link(_ name: String, _ target: String) -> LayerEntry {
        LayerEntry(name: name, kind: "link", content: target)
    }
    static func file(_ name: String, _ content: String, mode: Int = 0o644) -> LayerEntry {
        LayerEntry(name: name, kind: "file", content: content, mode: mode)
    }
    static func fifo(_ name: String) -> LayerEntry { LayerEntry(name: name, kind: "fifo") }
    static func character(_ name: String, _ major: Int, _ minor: Int) -> LayerEntry {
        LayerEntry(name: name, kind: "character", mode: 0o666, major: major, minor: minor)
    }
}

extension Host {
    /// Makes an image in the project's directory: busybox with one more layer, in which an entry takes the place of
    /// one of the same name, and with changes to its configuration. Returns its `image:` value.
    func hostileImage(
        _ entries: [LayerEntry], configuration: String = "{}", name: String = "hostile"
    ) async throws -> String {
        let list = String(decoding: try JSONEncoder().encode(entries), as: UTF8.self)
        try write("\(name).json", #"{"entries": \#(list), "configuration": \#(configuration)}"#)
        let program = join(Requirements.repository, "scripts/testing/hostile-image")
        try await shell("\(program) \(join(Requirements.images, "busybox")) \(name).json \(name)").succeeds()
        return "oci:\(join(project, name)):latest"
    }
}
