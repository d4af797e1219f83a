/// What a live line tells of a transfer: a bar, the bytes, the rate and the remaining time, as much as there is room for.
struct TransferLine {
    private static let sizesWidth = 15
    private static let rateWidth = 10
    private static let timeWidth = 6
    private static let barWidths = 8...42

    var current: Int64
    var total: Int64
    /// Bytes a second.
    var rate: Int64?
    /// Seconds.
    var remaining: Int64?

    /// No wider than `width`; empty where not even the bytes fit.
    func render(width: Int) -> String {
        let sizes = leftPadded("\(humanSize(min(current, total))) / \(humanSize(total))", to: Self.sizesWidth)
        var rest = width - sizes.unicodeScalars.count
        guard rest >= 0 else { return "" }
        var tail = sizes
        let pace = rate.map { humanSize($0) + "/s" } ?? ""
        if rest >= Self.rateWidth + 1 {
            tail += leftPadded(pace, to: Self.rateWidth)
            rest -= Self.rateWidth
            if rest >= Self.timeWidth + 1 {
                tail += leftPadded(remaining.map { shortDuration(seconds: $0) } ?? "", to: Self.timeWidth)
                rest -= Self.timeWidth
            }
        }
        // Two for the brackets, and one blank behind.
        let inside = min(rest - 3, Self.barWidths.upperBound)
        while tail.hasSuffix(" ") { tail.removeLast() }
        guard inside >= Self.barWidths.lowerBound else { return tail }
        return bar(inside) + " " + tail
    }

    private func bar(_ width: Int) -> String {
        let share = total > 0 ? Double(min(current, total)) / Double(total) : 0
        let filled = Int(share * Double(width))
        let head = filled > 0 && filled < width ? ">" : ""
        let body = String(repeating: "=", count: max(0, filled - head.count)) + head
        return "[" + padded(body, to: width) + "]"
    }
}
