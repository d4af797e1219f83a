/// Bytes that aren't a program: cut off, of another version, or damaged.
public struct WireError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Where in the bytes.
    public var offset: Int
    /// What was expected there.
    public var problem: String

    public var description: String {
        "malformed launch program at byte \(offset): \(problem); supervisor and shim must come from the same build"
    }
}

/// A value with a wire form. Numbers are little-endian and of fixed width, strings and lists are preceded by their
/// count, an enumeration by a byte for its case.
protocol WireValue {
    func encode(to writer: inout WireWriter)
    init(from reader: inout WireReader) throws(WireError)
    static func encode(list: [Self], to writer: inout WireWriter)
    static func list(of count: Int, from reader: inout WireReader) throws(WireError) -> [Self]
}

extension WireValue {
    static func encode(list: [Self], to writer: inout WireWriter) {
        for element in list { element.encode(to: &writer) }
    }

    static func list(of count: Int, from reader: inout WireReader) throws(WireError) -> [Self] {
        var elements: [Self] = []
        // The count is not to be trusted with memory.
        elements.reserveCapacity(Swift.min(count, 64))
        for _ in 0..<count { elements.append(try Self(from: &reader)) }
        return elements
    }
}

/// A structure whose fields are named once, for both directions: writing visits a copy, reading fills a blank.
protocol WireRecord: WireValue {
    static var blank: Self { get }
    mutating func visit(_ coder: inout some WireCoder) throws(WireError)
}

/// One direction of the visit of a record's fields.
protocol WireCoder {
    mutating func field<Value: WireValue>(_ value: inout Value) throws(WireError)
}

extension WireRecord {
    func encode(to writer: inout WireWriter) {
        var copy = self
        do throws(WireError) {
            try copy.visit(&writer)
        } catch {
            // Only reading can fail.
        }
    }

    init(from reader: inout WireReader) throws(WireError) {
        self = .blank
        try visit(&reader)
    }
}

struct WireWriter: WireCoder {
    private(set) var bytes: [UInt8] = []

    mutating func byte(_ byte: UInt8) { bytes.append(byte) }
    mutating func append(_ content: some Sequence<UInt8>) { bytes.append(contentsOf: content) }

    mutating func field<Value: WireValue>(_ value: inout Value) {
        value.encode(to: &self)
    }

    /// An enumeration's case with its payload.
    mutating func tagged<each Field: WireValue>(_ tag: UInt8, _ field: repeat each Field) {
        byte(tag)
        repeat (each field).encode(to: &self)
    }
}

struct WireReader: WireCoder {
    private let bytes: [UInt8]
    private(set) var offset = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var remaining: Int { bytes.count - offset }

    mutating func byte() throws(WireError) -> UInt8 {
        guard offset < bytes.count else { throw failure("the bytes end early") }
        defer { offset += 1 }
        return bytes[offset]
    }

    mutating func take(_ count: Int) throws(WireError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining else { throw failure("the bytes end early") }
        defer { offset += count }
        return bytes[offset..<(offset + count)]
    }

    /// The count of a list; no element takes less than a byte, so a lie is found before memory is reserved for it.
    mutating func count() throws(WireError) -> Int {
        let count = Int(try UInt32(from: &self))
        guard count <= remaining else { throw failure("a count of \(count) with \(remaining) bytes left") }
        return count
    }

    mutating func field<Value: WireValue>(_ value: inout Value) throws(WireError) {
        value = try Value(from: &self)
    }

    mutating func value<Value: WireValue>(_ type: Value.Type = Value.self) throws(WireError) -> Value {
        try Value(from: &self)
    }

    func failure(_ problem: String) -> WireError { WireError(offset: offset, problem: problem) }
}

extension FixedWidthInteger {
    func encode(to writer: inout WireWriter) {
        for index in 0..<(Self.bitWidth / 8) {
            writer.byte(UInt8(truncatingIfNeeded: self >> (8 * index)))
        }
    }

    init(from reader: inout WireReader) throws(WireError) {
        var value: Self = 0
        for (index, byte) in try reader.take(Self.bitWidth / 8).enumerated() {
            value |= Self(truncatingIfNeeded: byte) << (8 * index)
        }
        self = value
    }
}

extension UInt8: WireValue {
    static func encode(list: [UInt8], to writer: inout WireWriter) { writer.append(list) }

    static func list(of count: Int, from reader: inout WireReader) throws(WireError) -> [UInt8] {
        Array(try reader.take(count))
    }
}
extension UInt16: WireValue {}
extension UInt32: WireValue {}
extension UInt64: WireValue {}
extension Int32: WireValue {}

extension Bool: WireValue {
    func encode(to writer: inout WireWriter) { writer.byte(self ? 1 : 0) }

    init(from reader: inout WireReader) throws(WireError) {
        switch try reader.byte() {
        case 0: self = false
        case 1: self = true
        case let other: throw reader.failure("\(other) is not a truth value")
        }
    }
}

extension String: WireValue {
    func encode(to writer: inout WireWriter) {
        UInt32(truncatingIfNeeded: utf8.count).encode(to: &writer)
        writer.append(utf8)
    }

    init(from reader: inout WireReader) throws(WireError) {
        let bytes = try reader.take(try reader.count())
        // The kernel would cut the string there: a path could mean another one than was checked.
        guard !bytes.contains(0) else { throw reader.failure("a zero byte in a string") }
        self.init(decoding: bytes, as: UTF8.self)
    }
}

extension Array: WireValue where Element: WireValue {
    func encode(to writer: inout WireWriter) {
        UInt32(truncatingIfNeeded: count).encode(to: &writer)
        Element.encode(list: self, to: &writer)
    }

    init(from reader: inout WireReader) throws(WireError) {
        self = try Element.list(of: try reader.count(), from: &reader)
    }
}

extension Optional: WireValue where Wrapped: WireValue {
    func encode(to writer: inout WireWriter) {
        switch self {
        case .none: writer.byte(0)
        case .some(let wrapped):
            writer.byte(1)
            wrapped.encode(to: &writer)
        }
    }

    init(from reader: inout WireReader) throws(WireError) {
        self = try Bool(from: &reader) ? Wrapped(from: &reader) : nil
    }
}
