/// Takes a path from an archive apart, without copying it.
struct PathWalk {
    private let path: UnsafeRawBufferPointer
    private var position = 0

    init(_ path: UnsafeRawBufferPointer) {
        self.path = path
    }

    /// The next component that counts; `nil` at the end. A path that leads upwards is refused: who writes such a name
    /// means harm.
    mutating func next() throws(LayerError) -> UnsafeRawBufferPointer? {
        while position < path.count {
            let start = position
            while position < path.count, path[position] != UInt8(ascii: "/") { position += 1 }
            let component = UnsafeRawBufferPointer(rebasing: path[start..<position])
            position += 1
            if component.isEmpty || Self.isDots(component, 1) { continue }
            if Self.isDots(component, 2) { throw .entry(path, "leads out of the tree") }
            guard component.count <= FileTable.Limit.component else {
                throw .entry(path, "has a component of \(component.count) bytes")
            }
            return component
        }
        return nil
    }

    private static func isDots(_ component: UnsafeRawBufferPointer, _ count: Int) -> Bool {
        component.count == count && component.allSatisfy { $0 == UInt8(ascii: ".") }
    }
}
