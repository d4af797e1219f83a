/// What the bytes hold, the first byte.
private enum WireKind: UInt8 {
    case launch = 0x4c
    case exec = 0x45
    case failure = 0x46
}

/// Raised with each change of the form: shim and supervisor may come from different builds for a moment.
private let wireVersion: UInt8 = 2

extension WireRecord {
    fileprivate func document(_ kind: WireKind) -> [UInt8] {
        var writer = WireWriter()
        writer.byte(kind.rawValue)
        writer.byte(wireVersion)
        encode(to: &writer)
        return writer.bytes
    }

    fileprivate init(document: [UInt8], _ kind: WireKind) throws(WireError) {
        var reader = WireReader(document)
        guard try reader.byte() == kind.rawValue else { throw WireError(offset: 0, problem: "another kind of content") }
        let version = try reader.byte()
        guard version == wireVersion else {
            throw WireError(offset: 1, problem: "version \(version), not \(wireVersion)")
        }
        try self.init(from: &reader)
        guard reader.remaining == 0 else { throw reader.failure("\(reader.remaining) bytes too many") }
    }
}

extension LaunchProgram {
    /// The program as bytes for the shim.
    public var wire: [UInt8] { document(.launch) }

    /// Reads a program; any bytes that ``wire`` did not make are an error.
    public init(wire: [UInt8]) throws(WireError) { try self.init(document: wire, .launch) }
}

extension ExecProgram {
    /// The program as bytes for the shim.
    public var wire: [UInt8] { document(.exec) }

    /// Reads a program; any bytes that ``wire`` did not make are an error.
    public init(wire: [UInt8]) throws(WireError) { try self.init(document: wire, .exec) }
}

extension LaunchFailure {
    /// The failure as bytes, from the container's process to the shim.
    public var wire: [UInt8] { document(.failure) }

    /// Reads a failure.
    public init(wire: [UInt8]) throws(WireError) { try self.init(document: wire, .failure) }
}

extension LaunchFailure: WireRecord {
    static var blank: Self { Self("") }

    mutating func visit(_ coder: inout some WireCoder) throws(WireError) {
        try coder.field(&message)
        try coder.field(&step)
        try coder.field(&code)
        try coder.field(&errno)
    }
}
