/// The lines of a text, and the blocks that indentation makes of them: a line and the deeper ones below it.
///
/// That is most of what a YAML file's nodes are, at a fraction of the price of reading it, and it holds for texts that
/// aren't YAML any more.
struct Blocks {
    private struct Line {
        var bytes: Range<Int>
        var indentation: Int
    }

    private var lines: [Line] = []

    init(_ text: [UInt8]) {
        var start = 0
        while start < text.count {
            let end = text[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? text.count
            let indentation = text[start..<end].prefix { $0 == UInt8(ascii: " ") }.count
            lines.append(Line(bytes: start..<end, indentation: indentation))
            start = end
        }
    }

    func removing(_ text: inout [UInt8], _ random: inout Random) {
        guard let block = any(&random) else { return }
        text.removeSubrange(bytes(of: block))
    }

    func repeating(_ text: inout [UInt8], _ random: inout Random) {
        guard let block = any(&random) else { return }
        let part = text[bytes(of: block)]
        text.insert(contentsOf: part, at: start(ofLine: random.below(lines.count + 1), text))
    }

    func moving(_ text: inout [UInt8], _ random: inout Random) {
        guard let block = any(&random) else { return }
        let range = bytes(of: block)
        let part = Array(text[range])
        let place = start(ofLine: random.below(lines.count + 1), text)
        text.insert(contentsOf: part, at: place)
        let offset = place <= range.lowerBound ? part.count : 0
        if place <= range.lowerBound || place >= range.upperBound {
            text.removeSubrange(range.lowerBound + offset..<range.upperBound + offset)
        }
    }

    func indenting(_ text: inout [UInt8], _ random: inout Random) {
        guard let block = any(&random) else { return }
        let change = random.below(9) - 4
        replace(bytes(of: block), in: &text, with: shifted(block, of: text, by: change))
    }

    /// Puts a block of another text where one of this text begins, at its depth, before it or instead of it.
    func transplanting(from source: [UInt8], _ text: inout [UInt8], _ random: inout Random) {
        let others = Blocks(source)
        guard let block = any(&random), let other = others.any(&random) else { return }
        let depth = lines[block.lowerBound].indentation - others.lines[other.lowerBound].indentation
        let part = others.shifted(other, of: source, by: depth)
        let range = bytes(of: block)
        let isInstead = random.below(2) == 0
        replace(isInstead ? range : range.lowerBound..<range.lowerBound, in: &text, with: part)
    }

    private func any(_ random: inout Random) -> Range<Int>? {
        guard !lines.isEmpty else { return nil }
        let first = random.below(lines.count)
        let depth = lines[first].indentation
        let end = lines[(first + 1)...].firstIndex { $0.indentation <= depth } ?? lines.count
        return first..<end
    }

    private func bytes(of block: Range<Int>) -> Range<Int> {
        lines[block.lowerBound].bytes.lowerBound..<lines[block.upperBound - 1].bytes.upperBound
    }

    private func start(ofLine line: Int, _ text: [UInt8]) -> Int {
        line < lines.count ? lines[line].bytes.lowerBound : text.count
    }

    private func shifted(_ block: Range<Int>, of text: [UInt8], by change: Int) -> [UInt8] {
        var result: [UInt8] = []
        for line in lines[block] {
            let indentation = max(0, line.indentation + change)
            result.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indentation))
            result.append(contentsOf: text[line.bytes].dropFirst(line.indentation))
        }
        return result
    }

    private func replace(_ range: Range<Int>, in text: inout [UInt8], with part: [UInt8]) {
        text.replaceSubrange(range, with: part)
    }
}
