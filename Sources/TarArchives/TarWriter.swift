import Glibc
public import Kernel

/// Writes a tar archive (POSIX.1-2001) to a file or a pipe in one pass. Everything has one time and one owner, so that
/// the same content makes the same archive.
public final class TarWriter {
    private let file: OwnedDescriptor
    private let path: String
    private let makesDirectories: Bool
    private let isPipe: Bool
    private var directories: Set<String> = []
    /// Bytes that the current file still lacks.
    private var missing: Int64 = 0
    private var padding = 0
    /// Bytes written so far.
    public private(set) var written: Int64 = 0

    /// - Parameters:
    ///   - path: names the archive in errors.
    ///   - makesDirectories: a name's directories become entries before it.
    public init(_ file: consuming OwnedDescriptor, path: String, makesDirectories: Bool) {
        var status = stat()
        isPipe = fstat(file.number, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
        self.file = file
        self.path = path
        self.makesDirectories = makesDirectories
    }

    /// Adds a file out of memory.
    public func add(_ name: String, _ content: [UInt8], mode: UInt32 = 0o644) throws(KernelError) {
        try begin(TarHeader(name: name, size: Int64(content.count), mode: mode))
        try put(content)
        missing = 0
        try end()
    }

    /// Adds a file from a descriptor that stands at its beginning. `progress` is told the bytes of it that are written.
    public func add(
        _ header: TarHeader, from source: borrowing OwnedDescriptor, progress: (Int64) -> Void = { _ in }
    ) throws {
        try begin(header)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while missing > 0 {
            try Task.checkCancellation()
            let wanted = Int(min(missing, Int64(buffer.count)))
            let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
            // It got shorter while it was read.
            guard count > 0 else { throw KernelError("read", header.name, errno: ENODATA) }
            try write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            progress(header.size - missing)
        }
        try end()
    }

    /// Begins a file; its content follows with `write`, exactly as many bytes as the header says, and then `end`.
    public func begin(_ header: TarHeader) throws(KernelError) {
        if makesDirectories, let slash = header.name.lastIndex(of: "/") {
            try makeDirectories(String(header.name[..<slash]))
        }
        try put(header)
        missing = header.size
        padding = TarHeader.padding(header.size)
    }

    /// A part of the file that was begun.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(KernelError) {
        guard Int64(bytes.count) <= missing else { throw KernelError("write", path, errno: EFBIG) }
        missing -= Int64(bytes.count)
        try output(bytes)
    }

    /// The file that was begun is whole.
    public func end() throws(KernelError) {
        guard missing == 0 else { throw KernelError("write", path, errno: ENODATA) }
        try put([UInt8](repeating: 0, count: padding))
    }

    /// Writes the archive's end. A file is on its disk then; a pipe has it all.
    public func finish() throws(KernelError) {
        try put([UInt8](repeating: 0, count: 2 * TarHeader.blockSize))
        guard fdatasync(file.number) != 0, lastError() != EINVAL, lastError() != EROFS else { return }
        throw KernelError("write to disk", path, errno: lastError())
    }

    private func makeDirectories(_ name: String) throws(KernelError) {
        guard directories.insert(name).inserted else { return }
        if let slash = name.lastIndex(of: "/") { try makeDirectories(String(name[..<slash])) }
        try put(TarHeader(name: name + "/", size: 0, mode: 0o755, kind: .directory))
    }

    private func put(_ header: TarHeader) throws(KernelError) {
        guard let block = header.block else {
            throw KernelError("name in the archive", header.name, errno: ENAMETOOLONG)
        }
        try put(block)
    }

    private func put(_ bytes: [UInt8]) throws(KernelError) {
        try bytes.withUnsafeBufferPointer { part throws(KernelError) in try output(UnsafeRawBufferPointer(part)) }
    }

    private func output(_ bytes: UnsafeRawBufferPointer) throws(KernelError) {
        var rest = bytes
        while !rest.isEmpty {
            let most = isPipe ? try room() : rest.count
            let count = try check("write", path) { Glibc.write(file.number, rest.baseAddress, min(most, rest.count)) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            written += Int64(count)
        }
    }

    /// How much a pipe takes without blocking: whoever reads it may never do so, and a cancellation has to be heard.
    private func room() throws(KernelError) -> Int {
        while true {
            if Task.isCancelled { throw KernelError("write", path, errno: ECANCELED) }
            var entry = pollfd(fd: file.number, events: Int16(POLLOUT), revents: 0)
            if try check("wait for", path, { poll(&entry, 1, 100) }) > 0 { return Int(PIPE_BUF) }
        }
    }
}
