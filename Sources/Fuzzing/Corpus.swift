import Kernel

/// What inputs are made from: whole examples, and words that mean something to the target.
public struct Corpus: Sendable {
    public private(set) var seeds: [[UInt8]] = []
    public private(set) var words: [[UInt8]] = []

    /// The name of the file with a word a line.
    private static let dictionary = "dictionary.txt"
    /// Larger seeds would only slow the run down.
    private static let largestSeed = 1 << 16

    /// Reads the files of a directory in order of their names, so that the same seed gives the same inputs everywhere.
    ///
    /// - Throws: ``KernelError`` where the directory or a file of it can't be read.
    public init(directory: String) throws {
        for name in try Directory.names(in: directory) {
            let bytes = try Files.read("\(directory)/\(name)", limit: Self.largestSeed)
            if name == Self.dictionary {
                words = bytes.split(separator: UInt8(ascii: "\n")).map(Array.init)
            } else {
                seeds.append(bytes)
            }
        }
        if seeds.isEmpty { seeds = [[]] }
        if words.isEmpty { words = [[0]] }
    }
}
