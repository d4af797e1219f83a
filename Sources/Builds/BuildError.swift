/// Why a build came to an end, in one line.
public struct BuildError: Error, Equatable, Sendable, CustomStringConvertible {
    public var description: String
    /// What the command line exits with.
    public var exitCode: Int32

    public init(_ description: String, exitCode: Int32 = 1) {
        self.description = description
        self.exitCode = exitCode
    }
}
