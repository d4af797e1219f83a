/// A value of which an answer has so many, a line each, that reading and writing them decides how long it takes.
public protocol FastLine: Codable {
    /// As the general encoder would write it, without a line break.
    func json() throws -> [UInt8]
    /// `nil`: it has another form, which only the general decoder can tell.
    init?(json: ArraySlice<UInt8>)
}

extension LogEvent: FastLine {
    public func json() throws -> [UInt8] {
        guard case .line(let line) = self else { return try JSON.encode(self) }
        var writer = FlatJSONWriter()
        writer.literal(#"{"line":{"_0":{"container":""#)
        writer.string(line.container)
        writer.literal(#"","number":"#)
        writer.number(line.number)
        writer.literal(#","service":""#)
        writer.string(line.service)
        writer.literal(#"","stream":""#)
        writer.string(line.stream)
        writer.literal(#"","text":""#)
        writer.string(line.text)
        writer.literal(#"","time":""#)
        writer.string(line.time)
        writer.literal(#""}}}"#)
        return writer.bytes
    }

    public init?(json: ArraySlice<UInt8>) {
        let line = FlatJSONReader.read(json) { reader -> LogLine? in
            guard reader.skip(#"{"line":{"_0":{"container":""#), let container = reader.string(),
                reader.skip(#","number":"#), let number = reader.number(),
                reader.skip(#","service":""#), let service = reader.string(),
                reader.skip(#","stream":""#), let stream = reader.string(),
                reader.skip(#","text":""#), let text = reader.string(),
                reader.skip(#","time":""#), let time = reader.string(), reader.skip("}}}"), reader.isAtEnd
            else { return nil }
            return LogLine(
                container: container, service: service, number: number, stream: stream, time: time, text: text)
        }
        guard let line else { return nil }
        self = .line(line)
    }
}
