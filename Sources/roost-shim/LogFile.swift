import Glibc
import Kernel
import Launching

/// The json-file log: whole lines are appended, and the file is rotated by size.
struct LogFile {
    private let path: String
    private let maximumSize: UInt64
    private let maximumFiles: UInt32
    private var file: Int32 = -1
    private var size: UInt64 = 0

    init(_ settings: MonitorSettings) {
        path = settings.logPath
        maximumSize = settings.logMaximumSize
        maximumFiles = settings.logMaximumFiles
    }

    var isEnabled: Bool { !path.isEmpty }

    /// Appends records. Whatever the disk says, the container goes on: what can't be written is lost.
    mutating func append(_ records: [UInt8]) {
        guard isEnabled else { return }
        var rest = records[...]
        while !rest.isEmpty {
            if file < 0 { open() }
            let fitting = linesThatFit(rest)
            if fitting == 0 && size > 0 {
                rotate()
                continue
            }
            // A single record that is larger than a whole file gets a file of its own.
            let count = fitting > 0 ? fitting : firstLine(rest)
            write(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
    }

    private mutating func write(_ lines: ArraySlice<UInt8>) {
        guard file >= 0 else { return }
        let written = lines.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
        if written == lines.count {
            size += UInt64(written)
        } else if written > 0 {
            // A full disk: no half lines.
            ftruncate(file, off_t(size))
        }
    }

    /// How many bytes of whole lines the current file still takes.
    private func linesThatFit(_ records: ArraySlice<UInt8>) -> Int {
        guard maximumSize > 0 else { return records.count }
        let room = Int(clamping: maximumSize - min(maximumSize, size))
        guard room < records.count else { return records.count }
        let newline = records.prefix(room).lastIndex(of: 0x0a)
        return newline.map { $0 + 1 - records.startIndex } ?? 0
    }

    private func firstLine(_ records: ArraySlice<UInt8>) -> Int {
        records.firstIndex(of: 0x0a).map { $0 + 1 - records.startIndex } ?? records.count
    }

    private mutating func open() {
        // A log that can't be opened now is tried again with the next line.
        guard let opened = try? OwnedDescriptor(open: path, [.writeOnly, .create, .append], mode: 0o640) else { return }
        file = opened.release()
        var status = stat()
        size = fstat(file, &status) == 0 ? UInt64(max(0, status.st_size)) : 0
    }

    /// `x.log` becomes `x.log.1` and so on; the oldest goes.
    private mutating func rotate() {
        close(file)
        file = -1
        if maximumFiles > 1 {
            for number in stride(from: maximumFiles - 1, to: 1, by: -1) {
                rename("\(path).\(number - 1)", "\(path).\(number)")
            }
            rename(path, "\(path).1")
        } else {
            truncate(path, 0)
        }
        size = 0
        open()
    }
}
