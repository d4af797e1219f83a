import CYAML
import OrderedCollections

/// Writes a tree through libyaml's emitter. Dollars are doubled, so that the output can be read as a stack file again.
enum YAMLWriter {
    static func text(of tree: Node) -> String {
        var sink = Sink()
        withUnsafeMutablePointer(to: &sink) { sink in
            var emitter = Emitter(into: sink)
            emitter.document(tree)
        }
        return String(decoding: sink.bytes, as: UTF8.self)
    }

    private struct Sink {
        var bytes: [UInt8] = []
    }

    /// libyaml's emitter; a failure can only be a lack of memory, and cuts the text short.
    private struct Emitter: ~Copyable {
        private let emitter: UnsafeMutablePointer<yaml_emitter_t>

        init(into sink: UnsafeMutablePointer<Sink>) {
            emitter = .allocate(capacity: 1)
            _ = yaml_emitter_initialize(emitter)
            yaml_emitter_set_unicode(emitter, 1)
            yaml_emitter_set_indent(emitter, 2)
            yaml_emitter_set_width(emitter, -1)
            yaml_emitter_set_output(
                emitter,
                { data, bytes, count in
                    data?.assumingMemoryBound(to: Sink.self).pointee.bytes
                        .append(contentsOf: UnsafeBufferPointer(start: bytes, count: count))
                    return 1
                }, sink)
        }

        deinit {
            yaml_emitter_delete(emitter)
            emitter.deallocate()
        }

        mutating func document(_ tree: Node) {
            emit { yaml_stream_start_event_initialize($0, YAML_UTF8_ENCODING) }
            emit { yaml_document_start_event_initialize($0, nil, nil, nil, 1) }
            write(tree, depth: 0)
            emit { yaml_document_end_event_initialize($0, 1) }
            emit { yaml_stream_end_event_initialize($0) }
            yaml_emitter_flush(emitter)
        }

        private func emit(_ fill: (UnsafeMutablePointer<yaml_event_t>) -> Int32) {
            var event = yaml_event_t()
            if fill(&event) == 1 { yaml_emitter_emit(emitter, &event) }
        }

        private func write(_ node: Node, depth: Int) {
            switch node.value {
            case .list(let items):
                emit { yaml_sequence_start_event_initialize($0, nil, nil, 1, YAML_BLOCK_SEQUENCE_STYLE) }
                for item in items { write(item, depth: depth + 1) }
                emit { yaml_sequence_end_event_initialize($0) }
            case .map(let mapping):
                emit { yaml_mapping_start_event_initialize($0, nil, nil, 1, YAML_BLOCK_MAPPING_STYLE) }
                let entries = depth == 0 ? Array(mapping.entries) : mapping.entries.sorted { $0.key < $1.key }
                for (key, entry) in entries {
                    scalar(key, isText: true)
                    write(entry.node, depth: depth + 1)
                }
                emit { yaml_mapping_end_event_initialize($0) }
            case .string(let text): scalar(Self.escaped(text), isText: true)
            case .null: scalar("null", isText: false)
            default: scalar(node.scalarText ?? "null", isText: false)
            }
        }

        private func scalar(_ text: String, isText: Bool) {
            let style = isText ? Self.style(of: text) : YAML_PLAIN_SCALAR_STYLE
            var copy = text
            copy.withUTF8 { bytes in
                emit { event in
                    yaml_scalar_event_initialize(event, nil, nil, bytes.baseAddress, Int32(bytes.count), 1, 1, style)
                }
            }
        }

        private static func escaped(_ text: String) -> String {
            guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
            var result = ""
            for scalar in text.unicodeScalars {
                result.unicodeScalars.append(scalar)
                if scalar == "$" { result += "$" }
            }
            return result
        }

        /// Quotes what would otherwise be read as something else than text, by this reader or one of YAML 1.1.
        private static func style(of text: String) -> yaml_scalar_style_t {
            if text.utf8.contains(UInt8(ascii: "\n")) { return YAML_LITERAL_SCALAR_STYLE }
            guard case .string = Scalars.value(of: text, isPlain: true, tag: nil), text != "<<", text != "=" else {
                return YAML_DOUBLE_QUOTED_SCALAR_STYLE
            }
            let isOldBoolean = ["y", "n", "yes", "no", "on", "off"].contains(text.lowercased())
            let isSexagesimal = text.utf8.allSatisfy { (48...58).contains($0) }
            return isOldBoolean || isSexagesimal ? YAML_DOUBLE_QUOTED_SCALAR_STYLE : YAML_ANY_SCALAR_STYLE
        }
    }
}
