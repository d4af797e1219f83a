import FoundationEssentials

/// `roost/bundle.json`, the first entry of a bundle: what the bundle holds beside the images.
///
/// A bundle is an OCI image archive (a tar of an image layout), so that other tools read its images; the stack's files
/// stand in front of it below `roost/files`, which other tools pass over.
struct BundleDocument: Codable, Equatable {
    struct File: Codable, Equatable {
        /// Relative to the directory that all files have in common.
        var path: String
        /// The permission bits.
        var mode: UInt32
        var size: Int64
        /// `sha256:…`
        var digest: String
    }

    static let version = 1
    static let entryName = "roost/bundle.json"
    static let filesDirectory = "roost/files/"
    /// Far more than a stack has.
    static let mostFiles = 10_000
    static let longest = 8 << 20

    var version = Self.version
    /// The project's name.
    var project: String
    /// The project's directory, relative as the files are; empty for the common directory itself.
    var directory: String
    /// What `-f` named, relative as the files are.
    var stackFiles: [String]
    var files: [File]
    /// The names of the images, a service's `platform` behind a blank, with the digest of each one's manifest.
    var images: [String: String]

    /// The image's name in a key of `images`.
    static func name(inKey key: String) -> String { String(key.prefix { $0 != " " }) }

    func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        return Array(try encoder.encode(self))
    }

    init(project: String, directory: String, stackFiles: [String], files: [File], images: [String: String]) {
        self.project = project
        self.directory = directory
        self.stackFiles = stackFiles
        self.files = files
        self.images = images
    }

    /// Reads a document that anybody may have written: paths that lead elsewhere are refused.
    init(json: [UInt8]) throws {
        let document: BundleDocument
        do {
            document = try JSONDecoder().decode(BundleDocument.self, from: Data(json))
        } catch {
            throw CommandFailure("it is no bundle of Roost: its \(Self.entryName) can't be understood")
        }
        guard document.version == Self.version else {
            throw CommandFailure("its version is \(document.version), and this Roost knows \(Self.version)")
        }
        guard document.files.count <= Self.mostFiles else {
            throw CommandFailure("it has more than \(Self.mostFiles) files")
        }
        let paths =
            document.files.map(\.path) + document.stackFiles + (document.directory.isEmpty ? [] : [document.directory])
        for path in paths where !Self.isConfined(path) {
            throw CommandFailure("it has a file outside of itself: \"\(path)\"")
        }
        // The files' directory has this name, unless the user says another one.
        guard Self.isProjectName(document.project) else {
            throw CommandFailure("its project has the name \(quoted(String(document.project.prefix(100))))")
        }
        guard Set(document.files.map(\.path)).count == document.files.count else {
            throw CommandFailure("it has a file twice")
        }
        self = document
    }

    /// Compose's rule for the names of projects.
    static func isProjectName(_ name: String) -> Bool {
        let letters = "abcdefghijklmnopqrstuvwxyz0123456789"
        return name.first.map(letters.contains) ?? false && name.utf8.count <= 255
            && name.allSatisfy { letters.contains($0) || $0 == "-" || $0 == "_" }
    }

    /// Whether a path stays below the directory that it is relative to.
    static func isConfined(_ path: String) -> Bool {
        !path.isEmpty && path.utf8.count < 4096 && !path.utf8.contains(0)
            && path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
                !$0.isEmpty && $0 != "." && $0 != ".."
            }
    }
}
