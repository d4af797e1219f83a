import OCI

/// Columns under headers, three blanks apart, as Docker sets its tables.
struct Table {
    var headers: [String]
    var rows: [[String]] = []
    /// A column is at least so wide, its gap included: 10 in `ps`, 20 in `ls` and `images`.
    var minimumWidth = 20

    private static let gap = 3

    func render() -> String {
        // Names and notes of images are strangers' words.
        let rows = rows.map { $0.map { oneLine($0) } }
        var widths = [Int](repeating: minimumWidth, count: headers.count)
        for row in [headers] + rows {
            for (column, cell) in row.enumerated() {
                widths[column] = max(widths[column], cell.unicodeScalars.count + Self.gap)
            }
        }
        var text = ""
        for row in [headers] + rows {
            for (column, cell) in row.enumerated() {
                text += column == row.count - 1 ? cell : padded(cell, to: widths[column])
            }
            text += "\n"
        }
        return text
    }
}
