public import Diagnostics

/// A stack could not be loaded; everything that is wrong, not only the first.
public struct StackFileError: Error, Sendable, CustomStringConvertible {
    /// In the order found, warnings too; at least one is an error.
    public var diagnostics: [Diagnostic]
    /// The files that they speak of, for excerpts.
    public var sources: [SourceText]

    public init(diagnostics: [Diagnostic], sources: [SourceText] = []) {
        self.diagnostics = diagnostics
        self.sources = sources
    }

    /// The errors, one a line.
    public var description: String {
        diagnostics.filter { $0.severity == .error }.map(\.description).joined(separator: "\n")
    }
}
