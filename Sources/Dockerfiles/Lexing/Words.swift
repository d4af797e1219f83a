/// Splits instructions into words. Quotes and escapes decide where a word ends, and stay in it.
struct Words {
    let escape: Unicode.Scalar

    /// What white space separates, outside quotes.
    func split(_ text: String) -> [String] {
        let scalars = Scalars(text.unicodeScalars)
        var words: [String] = []
        var word: Scalars = []
        var place = 0
        while place < scalars.count {
            if scalars[place].isSpace {
                if !word.isEmpty { words.append(String(word)) }
                word = []
                place += 1
            } else {
                place = part(scalars, place, &word)
            }
        }
        if !word.isEmpty { words.append(String(word)) }
        return words
    }

    /// A character, an escaped one, or all between quotes; returns the place behind it.
    private func part(_ scalars: Scalars, _ start: Int, _ word: inout Scalars) -> Int {
        let first = scalars[start]
        if first == escape { return escaped(scalars, start, &word) }
        word.append(first)
        guard first == "'" || first == "\"" else { return start + 1 }
        var place = start + 1
        while place < scalars.count {
            // Between single quotes nothing is escaped.
            if scalars[place] == escape && first == "\"" {
                place = escaped(scalars, place, &word)
                continue
            }
            word.append(scalars[place])
            place += 1
            if scalars[place - 1] == first { break }
        }
        return place
    }

    /// An escape at the very end says nothing.
    private func escaped(_ scalars: Scalars, _ place: Int, _ word: inout Scalars) -> Int {
        guard place + 1 < scalars.count else { return place + 1 }
        word += scalars[place...place + 1]
        return place + 2
    }

    /// Takes `--name=value` words off the beginning, without their quotes; what follows is the rest.
    func flags(_ text: String) -> (flags: [String], rest: String) {
        let scalars = Scalars(text.unicodeScalars)
        var flags: [String] = []
        var place = 0
        while true {
            while place < scalars.count, scalars[place].isSpace { place += 1 }
            guard scalars[place...].starts(with: ["-", "-"]) else { return (flags, String(scalars[place...])) }
            var word: Scalars = []
            place = flag(scalars, place, &word)
            if word == ["-", "-"] { return (flags, String(scalars[place...])) }
            flags.append(String(word))
        }
    }

    private func flag(_ scalars: Scalars, _ start: Int, _ word: inout Scalars) -> Int {
        var place = start
        var quote: Unicode.Scalar?
        while place < scalars.count {
            let scalar = scalars[place]
            place += 1
            if scalar == escape {
                if place < scalars.count { word.append(scalars[place]) }
                place += 1
            } else if scalar == quote {
                quote = nil
            } else if quote == nil && (scalar == "'" || scalar == "\"") {
                quote = scalar
            } else if quote == nil && scalar.isSpace {
                return place
            } else {
                word.append(scalar)
            }
        }
        return scalars.count
    }
}
