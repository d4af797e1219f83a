/// The known word that a mistyped one was probably meant to be.
public enum Suggestion {
    /// The word of `known` that is nearest to `word`, if it is near enough to be a slip of the fingers.
    public static func nearest<Words: Sequence>(to word: String, in known: Words) -> String?
    where Words.Element == String {
        let letters = Array(word.lowercased().utf8)
        guard letters.count < 64 else { return nil }
        let allowed = max(1, letters.count / 3)
        var best: (word: String, distance: Int)?
        for candidate in known {
            let distance = distance(letters, Array(candidate.lowercased().utf8))
            guard distance <= allowed, distance < best?.distance ?? .max else { continue }
            best = (candidate, distance)
        }
        return best?.word
    }

    /// `did you mean "environment"?`, or `nil`.
    public static func clause<Words: Sequence>(for word: String, in known: Words) -> String?
    where Words.Element == String {
        nearest(to: word, in: known).map { "did you mean \"\($0)\"?" }
    }

    /// How many insertions, deletions, replacements and swaps of neighbours make one from the other.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var before: [Int] = []
        var previous = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var current = [row + 1]
            current.reserveCapacity(right.count + 1)
            for (column, other) in right.enumerated() {
                var cost = min(previous[column + 1] + 1, current[column] + 1)
                cost = min(cost, previous[column] + (letter == other ? 0 : 1))
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    cost = min(cost, before[column - 1] + 1)
                }
                current.append(cost)
            }
            (before, previous) = (previous, current)
        }
        return previous[right.count]
    }
}
