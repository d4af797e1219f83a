public import Erofs

/// Reads an archive of images, from `docker save` or in OCI's form. Only its regular files matter; symbolic links
/// between them become hard links, so that whoever reads the result never follows a stranger's link.
public struct ImageArchiveBuilder<Sink: ContentSink & ~Copyable>: ~Copyable {
    private var table: FileTable
    private var sink: Sink
    private var links: [(path: [UInt8], target: [UInt8])] = []
    private var summary = LayerSummary()

    private static var mostLinks: Int { 10_000 }
    /// Links to links to links.
    private static var deepestLinks: Int { 16 }

    public init(_ sink: consuming Sink) throws(LayerError) {
        self.sink = sink
        table = try FileTable()
    }

    /// Reads everything, and makes the files.
    public mutating func build(_ stream: HashedStream) throws(LayerError) -> LayerSummary {
        let reader = try ArchiveReader(stream, anyCompression: true)
        while let entry = try reader.next() {
            summary.entries += 1
            try add(ArchiveEntry(entry: entry), reader)
        }
        summary.digest = try stream.finish()
        try makeLinks()
        summary.written = try sink.finish(&table, identity: summary.digest)
        return summary
    }

    private mutating func add(_ entry: ArchiveEntry, _ reader: ArchiveReader) throws(LayerError) {
        let path = entry.path
        guard !path.isEmpty else { throw entry.refusal("has a name that can't be read") }
        if let target = entry.hardLinkTarget { return try remember(path, Array(target)) }
        switch entry.type {
        case .symbolicLink:
            guard let target = Self.resolve(entry.linkTarget, from: path) else {
                throw entry.refusal("is a link that leads out of the archive")
            }
            try remember(path, target)
        case .directory: try table.add(path, FileMetadata(mode: FileType.directory.rawValue | 0o700))
        case .regular:
            let size = try entry.size()
            let id = try table.add(path, FileMetadata(mode: FileType.regular.rawValue | 0o600))
            table.setContent(id, size: size, try sink.copy(size: size, from: reader))
        case .fifo, .characterDevice, .blockDevice, .unknown: break
        }
    }

    private mutating func remember(_ path: UnsafeRawBufferPointer, _ target: [UInt8]) throws(LayerError) {
        guard links.count < Self.mostLinks else { throw .limit("it has more than \(Self.mostLinks) links") }
        links.append((Array(path), target))
    }

    /// What a symbolic link at `path` points at, or `nil` if that lies outside.
    private static func resolve(_ target: UnsafeRawBufferPointer, from path: UnsafeRawBufferPointer) -> [UInt8]? {
        func components(_ text: UnsafeRawBufferPointer) -> [[UInt8]] {
            text.split(separator: UInt8(ascii: "/")).map { Array($0) }.filter { $0 != Array(".".utf8) }
        }
        var result = target.first == UInt8(ascii: "/") ? [] : components(path).dropLast()
        for component in components(target) {
            if component == Array("..".utf8) {
                guard result.popLast() != nil else { return nil }
            } else {
                result.append(component)
            }
        }
        return Array(result.joined(separator: [UInt8(ascii: "/")]))
    }

    /// Links may point at links: rounds are made for as long as one brings something.
    private mutating func makeLinks() throws(LayerError) {
        for _ in 0..<Self.deepestLinks where !links.isEmpty {
            var left: [(path: [UInt8], target: [UInt8])] = []
            for link in links where !(try make(link.path, target: link.target)) { left.append(link) }
            links = left
        }
        if let link = links.first {
            throw .entry(
                name: String(decoding: link.path.prefix(300), as: UTF8.self),
                reason: "is a link to nothing in the archive")
        }
    }

    private mutating func make(_ path: [UInt8], target: [UInt8]) throws(LayerError) -> Bool {
        try path.withUnsafeBufferPointer { path throws(LayerError) in
            try target.withUnsafeBufferPointer { target throws(LayerError) in
                guard try table.hasFile(UnsafeRawBufferPointer(target)) else { return false }
                try table.addHardLink(UnsafeRawBufferPointer(path), target: UnsafeRawBufferPointer(target))
                return true
            }
        }
    }
}
