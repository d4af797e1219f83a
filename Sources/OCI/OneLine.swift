/// The text as one line that a terminal only shows: what strangers wrote may have line breaks in it, and sequences that
/// a terminal acts on. `keepsLines` leaves the line breaks.
package func oneLine(_ text: some StringProtocol, keepsLines: Bool = false) -> String {
    let isAct = { (scalar: Unicode.Scalar) in
        scalar.value < 32 || (127..<160).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
    }
    guard text.unicodeScalars.contains(where: isAct) else { return String(text) }
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        let isBlank = scalar == "\n" || scalar == "\t"
        line.append(!isAct(scalar) || keepsLines && isBlank ? scalar : isBlank ? " " : "?")
    }
    return String(line)
}
