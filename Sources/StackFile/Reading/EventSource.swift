import CYAML

/// libyaml's events of one text, one after the other.
struct EventSource: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let event: UnsafeMutablePointer<yaml_event_t>
    private var hasEvent = false
    private let file: UInt16

    /// What libyaml says about a text that isn't YAML.
    struct Failure: Error {
        var message: String
        var mark: Mark
    }

    /// One event, copied out of libyaml's memory.
    enum Event {
        case documentStart, documentEnd, streamEnd
        case alias(String)
        case scalar(text: String, isPlain: Bool, tag: String?, anchor: String?)
        case listStart(tag: String?, anchor: String?)
        case mapStart(tag: String?, anchor: String?)
        case listEnd, mapEnd
    }

    /// The bytes must outlive this value.
    init(_ bytes: UnsafeBufferPointer<UInt8>, file: UInt16) {
        parser = .allocate(capacity: 1)
        event = .allocate(capacity: 1)
        self.file = file
        // It fails only where memory has run out, which the parser then reports with the first event.
        _ = yaml_parser_initialize(parser)
        // UTF-8, or UTF-16 where a byte order mark says so.
        yaml_parser_set_encoding(parser, YAML_ANY_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        if hasEvent { yaml_event_delete(event) }
        yaml_parser_delete(parser)
        parser.deallocate()
        event.deallocate()
    }

    mutating func next() throws(Failure) -> (event: Event, mark: Mark) {
        while true {
            if hasEvent {
                yaml_event_delete(event)
                hasEvent = false
            }
            guard yaml_parser_parse(parser, event) == 1 else { throw failure() }
            hasEvent = true
            let mark = mark(event.pointee.start_mark)
            try checkVersion(mark)
            if let value = translated() { return (value, mark) }
        }
    }

    /// Docker Compose's reader takes documents that say they are YAML 1.1, or nothing.
    private func checkVersion(_ mark: Mark) throws(Failure) {
        guard event.pointee.type == YAML_DOCUMENT_START_EVENT,
            let version = event.pointee.data.document_start.version_directive
        else { return }
        guard version.pointee.major == 1, version.pointee.minor == 1 else {
            throw Failure(
                message: "a %YAML directive must say 1.1, not \(version.pointee.major).\(version.pointee.minor)",
                mark: mark)
        }
    }

    private func translated() -> Event? {
        let data = event.pointee.data
        switch event.pointee.type {
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_STREAM_END_EVENT: return .streamEnd
        case YAML_ALIAS_EVENT: return .alias(text(data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = data.scalar
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return .scalar(
                text: String(decoding: bytes, as: UTF8.self), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE,
                tag: text(scalar.tag), anchor: text(scalar.anchor))
        case YAML_SEQUENCE_START_EVENT:
            return .listStart(tag: text(data.sequence_start.tag), anchor: text(data.sequence_start.anchor))
        case YAML_SEQUENCE_END_EVENT: return .listEnd
        case YAML_MAPPING_START_EVENT:
            return .mapStart(tag: text(data.mapping_start.tag), anchor: text(data.mapping_start.anchor))
        case YAML_MAPPING_END_EVENT: return .mapEnd
        default: return nil
        }
    }

    private func text(_ bytes: UnsafeMutablePointer<UInt8>?) -> String? {
        bytes.map { String(cString: $0) }
    }

    private func mark(_ mark: yaml_mark_t) -> Mark {
        Mark(file: file, line: UInt32(clamping: mark.line + 1), column: UInt32(clamping: mark.column + 1))
    }

    private func failure() -> Failure {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "out of memory"
        let context = state.context.map { String(cString: $0) }
        switch state.error {
        case YAML_READER_ERROR:
            return Failure(
                message: "the text is not valid UTF-8: \(problem)", mark: place(ofByte: state.problem_offset))
        default:
            return Failure(
                message: "not valid YAML: \(problem)" + (context.map { " (\($0))" } ?? ""),
                mark: mark(state.problem_mark))
        }
    }

    /// libyaml tells only the offset where the reader fails.
    private func place(ofByte offset: Int) -> Mark {
        let input = parser.pointee.input.string
        var (line, column): (UInt32, UInt32) = (1, 1)
        var next = input.start
        for _ in 0..<offset {
            guard let byte = next, byte < input.end else { break }
            if byte.pointee == UInt8(ascii: "\n") {
                (line, column) = (line + 1, 1)
            } else if byte.pointee & 0xC0 != 0x80 {
                column += 1
            }
            next = byte + 1
        }
        return Mark(file: file, line: line, column: column)
    }
}
