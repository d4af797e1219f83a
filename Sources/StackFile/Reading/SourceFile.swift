import Diagnostics
import Glibc

/// Reads a file of the stack into trees.
enum SourceFile {
    /// More than any stack is made of: what includes itself in new ways all the time ends here.
    private static let mostFiles = 500

    /// The documents of a file; what is wrong ends the load, since nothing after it would mean anything.
    static func read(
        _ path: String, _ request: LoadRequest, namedAt place: (mark: Mark, path: Path)? = nil,
        _ findings: inout Findings
    ) throws(StackFileError) -> [Node] {
        guard findings.sources.count < mostFiles else {
            throw findings.failure("too many files: \(path) would be number \(mostFiles + 1)")
        }
        let name = path == "-" ? "stdin" : FilePath.shown(path, from: request.currentDirectory)
        let bytes: [UInt8]
        do throws(FileBytes.Failure) {
            if path == "-" {
                if let given = request.standardInput {
                    bytes = given
                } else {
                    bytes = try FileBytes.readAll(STDIN_FILENO)
                }
            } else {
                bytes = try FileBytes.read(path)
                findings.note(read: path)
            }
        } catch {
            throw findings.failure("can't read \(name): \(error.reason)", at: place?.mark, place?.path ?? Path())
        }
        guard findings.sources.reduce(bytes.count, { $0 + $1.bytes.count }) <= FileBytes.limit * 2 else {
            throw findings.failure("the stack's files come to more than \(FileBytes.limit >> 19) MiB with \(name)")
        }
        let file = findings.add(SourceText(name: name, bytes: bytes))
        do throws(EventSource.Failure) {
            return try TreeReader.read(bytes, file: file)
        } catch {
            throw findings.failure(error.message, at: error.mark)
        }
    }
}
