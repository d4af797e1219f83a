public import Erofs

/// What a layer became.
public struct LayerSummary: Sendable, Equatable {
    /// Entries of its archive.
    public var entries = 0
    /// Bytes written.
    public var written: UInt64 = 0
    /// The digest of the uncompressed stream.
    public var digest: [UInt8] = []
}

/// Reads a layer's archive and gives a sink what is in it. Both forms of layers come about here, so they are the same.
public struct LayerBuilder<Sink: ContentSink & ~Copyable>: ~Copyable {
    private var table: FileTable
    private var sink: Sink
    private var summary = LayerSummary()

    public init(_ sink: consuming Sink) throws(LayerError) {
        self.sink = sink
        table = try FileTable()
    }

    /// Reads everything, and makes the layer.
    ///
    /// - Parameter anyCompression: bzip2 and xz are read, too. The digest is then that of the stream as it came.
    public mutating func build(
        _ stream: HashedStream, anyCompression: Bool = false
    ) throws(LayerError) -> LayerSummary {
        let reader = try ArchiveReader(stream, anyCompression: anyCompression)
        while let entry = try reader.next() {
            summary.entries += 1
            try add(ArchiveEntry(entry: entry), reader)
        }
        summary.digest = try stream.finish()
        summary.written = try sink.finish(&table, identity: summary.digest)
        return summary
    }

    private mutating func add(_ entry: ArchiveEntry, _ reader: ArchiveReader) throws(LayerError) {
        let path = entry.path
        guard !path.isEmpty else { throw entry.refusal("has a name that can't be read") }
        if let marker = Marker(path) { return try add(marker, entry) }
        if let target = entry.hardLinkTarget { return try table.addHardLink(path, target: target) }
        var metadata = try entry.metadata()
        metadata.attributes = try table.keep(try entry.attributes(), of: path)
        switch entry.type {
        case .directory, .fifo: try table.add(path, metadata)
        case .characterDevice, .blockDevice: try table.add(path, metadata, device: try entry.device())
        case .symbolicLink: try table.addLink(path, metadata, target: entry.linkTarget)
        case .regular:
            let id = try table.add(path, metadata)
            let size = try entry.size()
            table.setContent(id, size: size, try sink.copy(size: size, from: reader))
        case .unknown: throw entry.refusal("is of an unknown type")
        }
    }

    private mutating func add(_ marker: Marker, _ entry: ArchiveEntry) throws(LayerError) {
        try marker.path.withUnsafeBufferPointer { path throws(LayerError) in
            switch marker.kind {
            case .opaque: try table.addOpaque(UnsafeRawBufferPointer(path), time: entry.seconds)
            case .whiteout: try table.addWhiteout(UnsafeRawBufferPointer(path), time: entry.seconds)
            case .bookkeeping: break
            case .nothing: throw entry.refusal("is a whiteout of nothing")
            }
        }
    }
}

extension ContentSink where Self: ~Copyable {
    /// Takes over the content of the entry that was read last.
    mutating func copy(size: UInt64, from reader: ArchiveReader) throws(LayerError) -> FileContent {
        try beginFile(size: size)
        while let (bytes, offset) = try reader.content() { try append(bytes, at: offset) }
        return try endFile()
    }
}

/// A name by which a layer removes what is below it (image-spec, layer.md, "Whiteouts").
private struct Marker {
    enum Kind {
        /// Hides what lower layers have in the directory `path`.
        case opaque
        /// Removes the name `path` of lower layers.
        case whiteout
        /// aufs's own, which says nothing about the tree.
        case bookkeeping
        /// A whiteout of what can't be removed.
        case nothing
    }

    let kind: Kind
    let path: [UInt8]

    init?(_ path: UnsafeRawBufferPointer) {
        guard Self.mayMark(path) else { return nil }
        var components = path.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
        guard let last = components.popLast(), last.starts(with: ".wh.".utf8) else { return nil }
        if last.elementsEqual(".wh..wh..opq".utf8) {
            kind = .opaque
        } else if last.starts(with: ".wh..wh.".utf8) {
            kind = .bookkeeping
        } else {
            let hidden = last.dropFirst(4)
            let isNothing = hidden.isEmpty || hidden.elementsEqual(".".utf8) || hidden.elementsEqual("..".utf8)
            kind = isNothing ? .nothing : .whiteout
            components.append(hidden)
        }
        self.path = Array(components.joined(separator: [UInt8(ascii: "/")]))
    }

    /// A quick look: nearly all names have nothing of the kind in them.
    private static func mayMark(_ path: UnsafeRawBufferPointer) -> Bool {
        guard path.count >= 4 else { return false }
        for start in 0...(path.count - 4) where path[start] == UInt8(ascii: ".") {
            if path[start + 1] == UInt8(ascii: "w"), path[start + 2] == UInt8(ascii: "h"),
                path[start + 3] == UInt8(ascii: ".")
            {
                return true
            }
        }
        return false
    }
}
