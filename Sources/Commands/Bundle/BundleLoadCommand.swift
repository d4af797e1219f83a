import ArgumentParser
import ControlAPI
import Glibc
import Kernel
import OCI
import TarArchives

/// `roost bundle load`.
struct BundleLoadCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Bring back the files and the images of a bundle",
        usage: "roost bundle load [OPTIONS] FILE [DIRECTORY]",
        discussion: "DIRECTORY is made if it isn't there; without it, it is one with the project's name.")

    @Flag(name: [.customShort("f"), .customLong("force")], help: "Replace files that are there already")
    var force = false

    @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Don't show progress")
    var quiet = false

    @Argument(help: .hidden) var words: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        guard (1...2).contains(words.count) else {
            throw CommandFailure("\"roost bundle load\" requires a file and, if you like, a directory")
        }
        let path = absolutePath(words[0])
        let bundle: OpenBundle
        do {
            bundle = try OpenBundle(path)
        } catch let failure as CommandFailure {
            throw CommandFailure("\(words[0]): \(failure)")
        }
        let target = absolutePath(words.count > 1 ? words[1] : bundle.document.project)
        try bundle.restore(into: target, force: force)
        if !bundle.document.images.isEmpty { try await load(bundle, context) }
        try context.streams.output.write(text(bundle.document, target))
        return 0
    }

    private func load(_ bundle: OpenBundle, _ context: Context) async throws {
        let archive = try ArchiveInput.open(bundle.path)
        defer { withExtendedLifetime(archive) {} }
        var request = try ControlRequest(
            .loadImages, body: ImageLoadRequest(path: bundle.path, title: "Bundle of \(bundle.document.project)"))
        request.descriptors = [archive.number]
        try await context.work(request, operation: "bundle", quiet: quiet) { _ in () }
        let images = try await context.client().fetch(ControlRequest(.images))
        for (key, digest) in bundle.document.images
        where !images.contains(where: {
            $0.storedName == BundleDocument.name(inKey: key) && $0.manifest == digest
        }) {
            throw CommandFailure("\(bundle.path): the image \(key) isn't in it as it should be")
        }
    }

    /// Where everything is now, and how to go on.
    private func text(_ document: BundleDocument, _ target: String) -> String {
        let directory = document.directory.isEmpty ? target : target + "/" + document.directory
        var text = Set(document.images.keys.map(BundleDocument.name)).sorted()
            .map { "Loaded image: \(Reference($0)?.familiar ?? $0)\n" }.joined()
        text += "Restored \(document.files.count) file\(document.files.count == 1 ? "" : "s") to \(target)\n"
        let options = document.stackFiles.map { "-f \(shellWord(target + "/" + $0))" }.joined(separator: " ")
        text += "roost --project-directory \(shellWord(directory)) -p \(document.project) \(options) up\n"
        return text
    }
}

/// A bundle whose first entry has been read.
private struct OpenBundle: Sendable {
    let path: String
    let document: BundleDocument

    init(_ path: String) throws {
        self.path = path
        var reader = try TarReader(path)
        guard let first = try reader.next(), first.name == BundleDocument.entryName, first.kind == .file else {
            throw CommandFailure("it is no bundle of Roost; \"roost load\" takes archives of images alone")
        }
        document = try BundleDocument(json: reader.content(limit: BundleDocument.longest))
    }

    /// Writes the files below a directory; none is ever written elsewhere, and each is what the bundle promised.
    func restore(into target: String, force: Bool) throws {
        try Files.makeDirectories(target)
        let root = try RootDirectory(target)
        if !force {
            for file in document.files where try root.find(file.path) != nil {
                throw CommandFailure("\(target)/\(file.path) is there already; --force replaces it")
            }
        }
        var reader = try TarReader(path)
        _ = try reader.next()
        _ = try reader.content(limit: BundleDocument.longest)
        for file in document.files {
            guard let header = try reader.next(), header.kind == .file, header.size == file.size,
                header.name == BundleDocument.filesDirectory + file.path
            else { throw CommandFailure("\(path): the file \(file.path) isn't where it should be") }
            try write(file, from: &reader, below: root)
        }
    }

    /// Under another name until its digest has been compared.
    private func write(
        _ file: BundleDocument.File, from reader: inout TarReader, below root: borrowing RootDirectory
    ) throws {
        let (parent, name) = RootDirectory.split("/" + file.path)
        let directory = try root.directory(parent)
        let partial = ".\(name.prefix(200)).partial"
        _ = unlinkat(directory.number, partial, 0)
        let opened = openat(
            directory.number, partial, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode_t(file.mode & 0o777))
        guard opened >= 0 else { throw KernelError("write", file.path, errno: errno) }
        let output = OwnedDescriptor(taking: opened)
        do {
            guard try reader.copy(to: output).description == file.digest else {
                throw CommandFailure("\(path): \(file.path) was corrupted or forged: its digest is another one")
            }
            guard fsync(output.number) == 0, renameat(directory.number, partial, directory.number, name) == 0 else {
                throw KernelError("write", file.path, errno: errno)
            }
        } catch {
            _ = unlinkat(directory.number, partial, 0)
            throw error
        }
    }
}
