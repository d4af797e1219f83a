/// Where a value stands, for what is said of it.
struct Place: Sendable {
    var path: Path
    /// Of the key, or of the item where it stands in a list.
    var keyMark: Mark

    func key(_ key: String, _ mark: Mark) -> Place { Place(path: path.key(key), keyMark: mark) }
    func index(_ index: Int, _ mark: Mark) -> Place { Place(path: path.index(index), keyMark: mark) }

    /// The last key of the path; empty for an item of a list.
    var name: String {
        if case .key(let key) = path.components.last { key } else { "" }
    }
}
