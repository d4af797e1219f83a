import Diagnostics
import Glibc

/// Reads a file of the stack into trees.
enum SourceFile {
    /// The documents of a file; what is wrong ends the load, since nothing after it would mean anything.
    static func read(
        _ path: String, _ request: LoadRequest, _ findings: inout Findings
    ) throws(StackFileError) -> [Node] {
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
            throw findings.failure("can't read \(name): \(error.reason)")
        }
        let file = findings.add(SourceText(name: name, bytes: bytes))
        do throws(EventSource.Failure) {
            return try TreeReader.read(bytes, file: file)
        } catch {
            throw findings.failure(error.message, at: error.mark)
        }
    }
}
