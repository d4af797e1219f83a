import ControlAPI
import Glibc
import Kernel

/// One line of Docker's json-file log.
struct LogEntry: Codable, Sendable {
    var log: String
    var stream: String
    /// RFC 3339 with nanoseconds, in UTC: such times compare as text.
    var time: String
}

extension LogEntry {
    /// A record in the form in which the shim writes it; `nil` for another.
    init?(plain line: ArraySlice<UInt8>) {
        let entry = FlatJSONReader.read(line) { reader -> LogEntry? in
            guard reader.skip(#"{"log":""#), let log = reader.string(), reader.skip(#","stream":""#),
                let stream = reader.string(), reader.skip(#","time":""#), let time = reader.string(),
                reader.skip("}"), reader.isAtEnd
            else { return nil }
            return LogEntry(log: log, stream: stream, time: time)
        }
        guard let entry else { return nil }
        self = entry
    }
}

/// Reads a json-file log forwards, across its rotated files, and goes on where it stopped when more is written.
struct LogFile {
    /// The current file; `path.1` is the one before it, `path.2` older still.
    let path: String
    private var descriptor: Int32 = -1
    private var inode: UInt = 0
    /// Rotated files that have not been read yet, oldest first.
    private var older: [String] = []
    private var pending: [UInt8] = []
    private var consumed = 0

    /// A line without an end is dropped beyond this many bytes: the shim writes at most 16 KiB a line, escaped.
    private static let lineLimit = 1 << 20

    /// - Parameter tail: how many of the last lines are wanted; `nil` for all.
    init(path: String, tail: Int? = nil) {
        self.path = path
        older = (1..<100).map { "\(path).\($0)" }.prefix { access($0, F_OK) == 0 }.reversed()
        openNext()
        guard let tail else { return }
        // Only the lines after the wanted ones' start are parsed; finding it means reading the files once.
        var count = 0
        while nextLine() != nil { count += 1 }
        rewind()
        var skipped = count - tail
        while skipped > 0, nextLine() != nil { skipped -= 1 }
    }

    /// The next complete line; `nil` where the log ends for now.
    mutating func next() -> LogEntry? {
        while let line = nextLine() {
            if let entry = LogEntry(plain: line) { return entry }
            // A damaged line, left by a host that crashed, is passed over.
            if let entry = try? JSON.decode(LogEntry.self, from: line) { return entry }
        }
        return nil
    }

    mutating func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    private mutating func rewind() {
        close()
        pending = []
        consumed = 0
        inode = 0
        older = (1..<100).map { "\(path).\($0)" }.prefix { access($0, F_OK) == 0 }.reversed()
        openNext()
    }

    private mutating func nextLine() -> ArraySlice<UInt8>? {
        while true {
            if let end = pending[consumed...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { consumed = end + 1 }
                return pending[consumed..<end]
            }
            guard fill() else { return nil }
        }
    }

    /// Reads more; false at the end of the newest file.
    private mutating func fill() -> Bool {
        pending.removeFirst(consumed)
        consumed = 0
        if pending.count > Self.lineLimit { pending = [] }
        while true {
            if descriptor >= 0 {
                let count = readChunk()
                if count > 0 { return true }
            }
            guard isReplaced || !older.isEmpty || descriptor < 0 else { return false }
            guard openNext() else { return false }
        }
    }

    private mutating func readChunk() -> Int {
        let size = 64 << 10
        let descriptor = descriptor
        let chunk = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = max(0, read(descriptor, buffer.baseAddress, size))
        }
        pending += chunk
        return chunk.count
    }

    /// The file under the current name is another one than the one that is open.
    private var isReplaced: Bool {
        var information = stat()
        return stat(path, &information) == 0 && information.st_ino != inode
    }

    /// Opens the next file in the order of writing; false if there is none yet.
    @discardableResult private mutating func openNext() -> Bool {
        close()
        let name = older.isEmpty ? path : older.removeFirst()
        descriptor = open(name, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        var information = stat()
        fstat(descriptor, &information)
        inode = information.st_ino
        return true
    }
}
