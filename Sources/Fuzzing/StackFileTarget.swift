import Diagnostics
import Glibc
import Kernel
import StackFile

/// The whole loader: files, `.env`, interpolation, merging, resolution, and everything that `config` prints.
///
/// An input is one text with lines `%% NAME` between its files; what stands before the first is the stack's first file.
enum StackFileTarget {
    private static let environment = [
        "HOME": "/root", "ONE": "1", "EMPTY": "", "WORD": "word", "LIST": "a,b", "PORT": "8080", "YES": "true",
    ]
    /// Every other name is ignored, so that an input writes nowhere else.
    private static let names = ["compose.yaml", "override.yaml", "other.yaml", ".env", "list.env", "options"]

    static func prepare(scratch: String) -> ([UInt8]) -> Bool {
        var written: [String: [UInt8]] = [:]
        return { input in
            let parts = files(of: input)
            for name in names where name != "options" && name != "compose.yaml" {
                place(parts[name], at: "\(scratch)/\(name)", &written)
            }
            return load(request(for: parts, in: scratch))
        }
    }

    private static func files(of input: [UInt8]) -> [String: [UInt8]] {
        var parts: [String: [UInt8]] = [:]
        var name = "compose.yaml"
        var start = 0
        var line = 0
        while line < input.count {
            let end = input[line...].firstIndex(of: UInt8(ascii: "\n")) ?? input.count
            if input[line..<end].starts(with: "%% ".utf8) {
                parts[name, default: []] += input[start..<line]
                name = String(decoding: input[(line + 3)..<end], as: UTF8.self)
                start = min(end + 1, input.count)
            }
            line = end + 1
        }
        parts[name, default: []] += input[start...]
        return parts
    }

    private static func place(_ content: [UInt8]?, at path: String, _ written: inout [String: [UInt8]]) {
        guard written[path] != content else { return }
        written[path] = content
        guard let content else {
            unlink(path)
            return
        }
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0, content.isEmpty || write(file, content, content.count) == content.count else {
            FuzzTarget.broken("can't write \(path): \(String(cString: strerror(errno)))")
        }
        close(file)
    }

    private static func request(for parts: [String: [UInt8]], in directory: String) -> LoadRequest {
        var request = LoadRequest(environment: environment, currentDirectory: directory)
        request.standardInput = parts["compose.yaml"] ?? []
        request.files = ["-"] + (parts["override.yaml"] != nil ? ["override.yaml"] : [])
        request.projectDirectory = directory
        request.projectName = "fuzz"
        let options = String(decoding: parts["options"] ?? [], as: UTF8.self)
        request.interpolates = !options.contains("no-interpolate")
        request.normalizes = !options.contains("no-normalize")
        request.resolvesPaths = !options.contains("no-path-resolution")
        request.checksConsistency = !options.contains("no-consistency")
        request.resolvesEnvironment = !options.contains("no-env-resolution")
        if options.contains("profiles") { request.profiles = ["*"] }
        return request
    }

    private static func load(_ request: LoadRequest) -> Bool {
        do throws(StackFileError) {
            let loaded = try StackLoader.load(request)
            print(loaded)
            return true
        } catch {
            guard error.diagnostics.contains(where: { $0.severity == .error }) else {
                FuzzTarget.broken("an error without a message")
            }
            render(error.diagnostics, error.sources)
            return false
        }
    }

    private static func print(_ loaded: LoadedStack) {
        _ = loaded.canonical.json()
        _ = loaded.canonical.yaml()
        for service in loaded.canonical.services { _ = loaded.canonical.hashInput(service: service) }
        render(loaded.warnings + loaded.faults, loaded.sources)
    }

    private static func render(_ diagnostics: [Diagnostic], _ sources: [SourceText]) {
        _ = DiagnosticRenderer(sources: sources, colours: true, excerpts: true).render(diagnostics)
    }
}
