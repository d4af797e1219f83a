/// The order of free keys in Docker's YAML: `a2` before `a10`.
enum NaturalOrder {
    static func precedes(_ left: String, _ right: String) -> Bool {
        let one = Array(left.unicodeScalars)
        let other = Array(right.unicodeScalars)
        guard let place = zip(one, other).enumerated().first(where: { $1.0 != $1.1 })?.offset else {
            return one.count < other.count
        }
        let first = one[place]
        let second = other[place]
        let followsDigit = place > 0 && isDigit(one[place - 1])
        switch (first.properties.isAlphabetic, second.properties.isAlphabetic) {
        case (true, true): return first < second
        case (true, false): return followsDigit
        case (false, true): return !followsDigit
        case (false, false): break
        }
        // Zeros before other digits of the same number don't count, those after them do.
        let isInsideNumber = (first == "0" || second == "0") && hasDigitsBefore(one, place)
        let firstNumber = number(one, from: place, isInsideNumber)
        let secondNumber = number(other, from: place, isInsideNumber)
        if firstNumber.value != secondNumber.value { return firstNumber.value < secondNumber.value }
        if firstNumber.end != secondNumber.end { return firstNumber.end < secondNumber.end }
        return first < second
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func hasDigitsBefore(_ text: [Unicode.Scalar], _ place: Int) -> Bool {
        text[..<place].reversed().prefix(while: isDigit).contains { $0 != "0" }
    }

    private static func number(
        _ text: [Unicode.Scalar], from start: Int, _ isInsideNumber: Bool
    ) -> (value: Int64, end: Int) {
        var value: Int64 = isInsideNumber ? 1 : 0
        var end = start
        while end < text.count, isDigit(text[end]) {
            value = value &* 10 &+ (Int64(text[end].value) - 48)
            end += 1
        }
        return (value, end)
    }
}
