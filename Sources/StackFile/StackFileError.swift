public import Diagnostics

/// A stack could not be loaded; everything that is wrong, not only the first.
public struct StackFileError: Error, Sendable, CustomStringConvertible {
    /// In the order of the files and their lines, what has no place at the end; warnings too, at least one is an error.
    public var diagnostics: [Diagnostic]
    /// The files that they speak of, for excerpts.
    public var sources: [SourceText]

    public init(diagnostics: [Diagnostic], sources: [SourceText] = []) {
        self.diagnostics = Self.sorted(diagnostics, sources)
        self.sources = sources
    }

    /// Stages find one thing after the other; people read a file from its top.
    static func sorted(_ diagnostics: [Diagnostic], _ sources: [SourceText]) -> [Diagnostic] {
        let files = Dictionary(sources.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        let keyed = diagnostics.enumerated().map { place, diagnostic in
            let position = diagnostic.position
            return (
                (position.map { files[$0.file] ?? files.count } ?? .max, position?.line ?? 0),
                (position?.column ?? 0, place), diagnostic
            )
        }
        return keyed.sorted { $0.0 == $1.0 ? $0.1 < $1.1 : $0.0 < $1.0 }.map(\.2)
    }

    /// The errors, one a line.
    public var description: String {
        diagnostics.filter { $0.severity == .error }.map(\.description).joined(separator: "\n")
    }
}
