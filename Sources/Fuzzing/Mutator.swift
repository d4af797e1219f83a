/// Makes inputs out of a corpus: a seed and a few changes, of bytes, words, lines, and blocks of lines.
struct Mutator: Sendable {
    private let corpus: Corpus
    private let seed: UInt64

    private static let mostChanges = 6
    /// Inputs don't grow beyond it, so that no execution is slow for its size alone.
    private static let largestInput = 1 << 15

    init(corpus: Corpus, seed: UInt64) {
        self.corpus = corpus
        self.seed = seed
    }

    /// The input of one execution. It depends on the seed, the number and the corpus, on nothing before it.
    func input(_ execution: UInt64) -> [UInt8] {
        var random = Random(seed: seed, execution: execution)
        var text = corpus.seeds[random.below(corpus.seeds.count)]
        // Half of the inputs have one change only: most of those get beyond the reading of YAML.
        var changes = 0
        repeat {
            change(&text, &random)
            changes += 1
        } while changes < Self.mostChanges && random.below(2) == 0
        if text.count > Self.largestInput { text.removeLast(text.count - Self.largestInput) }
        return text
    }

    private func change(_ text: inout [UInt8], _ random: inout Random) {
        switch random.below(16) {
        case 0: Bytes.flip(&text, &random)
        case 1: Bytes.remove(&text, &random)
        case 2: Bytes.repeatPart(&text, &random)
        case 3, 4: Words.insert(Words.any(corpus, &random), &text, &random)
        case 5, 6: Words.replaceWord(with: Words.any(corpus, &random), &text, &random)
        case 7: Words.replaceValue(with: Words.any(corpus, &random), &text, &random)
        case 8: splice(&text, &random)
        case 9: Blocks(text).removing(&text, &random)
        case 10: Blocks(text).repeating(&text, &random)
        case 11: Blocks(text).moving(&text, &random)
        case 12: Blocks(text).indenting(&text, &random)
        case 13, 14: Blocks(text).transplanting(from: other(&random), &text, &random)
        default: Bytes.set(&text, &random)
        }
    }

    private func other(_ random: inout Random) -> [UInt8] { corpus.seeds[random.below(corpus.seeds.count)] }

    /// The beginning of one text and the end of another.
    private func splice(_ text: inout [UInt8], _ random: inout Random) {
        let other = other(&random)
        text = Array(text.prefix(random.below(text.count + 1)) + other.suffix(random.below(other.count + 1)))
    }
}

/// Changes that know nothing of the text.
private enum Bytes {
    static let telling: [UInt8] =
        Array("\u{0}\t\n\r !\"#$%&'*,-./:;<=>?@[\\]^_`{|}~0aA\u{7F}".utf8) + [0x80, 0xC3, 0xFF]

    static func flip(_ text: inout [UInt8], _ random: inout Random) {
        guard !text.isEmpty else { return }
        text[random.below(text.count)] ^= 1 << UInt8(random.below(8))
    }

    static func set(_ text: inout [UInt8], _ random: inout Random) {
        let byte = telling[random.below(telling.count)]
        let place = random.below(text.count + 1)
        if place < text.count, random.below(2) == 0 { text[place] = byte } else { text.insert(byte, at: place) }
    }

    static func remove(_ text: inout [UInt8], _ random: inout Random) {
        let start = random.below(text.count)
        text.removeSubrange(start..<min(text.count, start + 1 + random.below(16)))
    }

    static func repeatPart(_ text: inout [UInt8], _ random: inout Random) {
        guard !text.isEmpty else { return }
        let start = random.below(text.count)
        let part = text[start..<min(text.count, start + 1 + random.below(24))]
        let times = 1 << random.below(8)
        text.insert(contentsOf: (0..<times).flatMap { _ in part }, at: start)
    }
}

/// Changes that put something telling where a word or a value is.
private enum Words {
    /// Numbers at the edges of types, and texts that mean something in nearly every format.
    static let common: [[UInt8]] = [
        "0", "-1", "1", "255", "256", "65535", "65536", "2147483647", "4294967296", "9223372036854775807",
        "-9223372036854775808", "9223372036854775808", "18446744073709551616", "1e309", "-0", "0.1", ".nan", ".inf",
        "0x7f", "0o17", "0b1", "1_000", "null", "~", "true", "no", "\"\"", "''", "[]", "{}", "[[]]", "{a: }", "- ",
        ": ",
        "\n", "\r\n", "\u{FEFF}", "\u{2028}", "é", "👩‍👩‍👧", "%s", "..", "/", "//", "$", "$$", "${", "${A:-${B}}",
    ].map { Array($0.utf8) }

    static func any(_ corpus: Corpus, _ random: inout Random) -> [UInt8] {
        let words = random.below(3) == 0 ? common : corpus.words
        return words[random.below(words.count)]
    }

    static func insert(_ word: [UInt8], _ text: inout [UInt8], _ random: inout Random) {
        text.insert(contentsOf: word, at: random.below(text.count + 1))
    }

    static func replaceWord(with word: [UInt8], _ text: inout [UInt8], _ random: inout Random) {
        let place = random.below(text.count)
        var (start, end) = (place, place)
        while start > 0, isWord(text[start - 1]) { start -= 1 }
        while end < text.count, isWord(text[end]) { end += 1 }
        text.replaceSubrange(start..<end, with: word)
    }

    /// What stands after a colon or dash, up to the end of the line.
    static func replaceValue(with word: [UInt8], _ text: inout [UInt8], _ random: inout Random) {
        let place = random.below(text.count)
        let separators: [UInt8] = [UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "=")]
        guard let separator = text[place...].firstIndex(where: separators.contains) else { return }
        let end = text[separator...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
        text.replaceSubrange(separator + 1..<end, with: [UInt8(ascii: " ")] + word)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte >= 0x80 || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
