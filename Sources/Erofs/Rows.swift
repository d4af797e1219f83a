import Glibc

/// A growing array of plain values in memory of its own. Unlike `Array` it grows in place where the allocator can
/// (`mremap`), which halves the peak of a table with millions of rows, and it reports a lack of memory.
struct Rows<Element: BitwiseCopyable>: ~Copyable {
    private var base: UnsafeMutablePointer<Element>?
    private(set) var count = 0
    private var capacity = 0

    init() {}

    /// `count` copies of `value`.
    init(repeating value: Element, count: Int) throws(LayerError) {
        try reserve(count)
        base?.initialize(repeating: value, count: count)
        self.count = count
    }

    deinit { free(base) }

    private mutating func reserve(_ wanted: Int) throws(LayerError) {
        guard wanted > capacity else { return }
        let larger = max(wanted, capacity * 2, 64)
        guard let moved = realloc(base, larger * MemoryLayout<Element>.stride) else {
            throw .limit("it needs more memory than there is")
        }
        base = moved.assumingMemoryBound(to: Element.self)
        capacity = larger
    }

    mutating func append(_ value: Element) throws(LayerError) {
        try reserve(count + 1)
        if let base { (base + count).initialize(to: value) }
        count += 1
    }

    subscript(index: Int) -> Element {
        get { pointer(index).pointee }
        _modify { yield &pointer(index).pointee }
    }

    private func pointer(_ index: Int) -> UnsafeMutablePointer<Element> {
        precondition(index >= 0 && index < count)
        guard let base else { preconditionFailure("rows without memory") }
        return base + index
    }

    /// A part of it, valid until the next change.
    func slice(_ start: Int, _ length: Int) -> UnsafeBufferPointer<Element> {
        precondition(start >= 0 && length >= 0 && start <= count - length)
        return UnsafeBufferPointer(start: base.map { $0 + start }, count: length)
    }

    /// A part of it that can be changed, valid until rows are added.
    mutating func mutableSlice(_ start: Int, _ length: Int) -> UnsafeMutableBufferPointer<Element> {
        precondition(start >= 0 && length >= 0 && start <= count - length)
        return UnsafeMutableBufferPointer(start: base.map { $0 + start }, count: length)
    }
}

extension Rows where Element == UInt8 {
    /// Adds bytes, which may not be its own; returns where they start.
    mutating func append(contentsOf bytes: UnsafeRawBufferPointer) throws(LayerError) -> Int {
        let start = count
        try reserve(count + bytes.count)
        if let base, let source = bytes.baseAddress { memcpy(base + count, source, bytes.count) }
        count += bytes.count
        return start
    }
}
