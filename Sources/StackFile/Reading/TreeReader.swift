import OrderedCollections

/// Builds the trees of a file's documents from libyaml's events.
struct TreeReader: ~Copyable {
    /// Compose files are some ten levels deep.
    private static let deepest = 128
    /// Nodes after aliases were followed, long texts counted as several: a file of 20,000 lines has about 50,000.
    private static let mostNodes = 500_000
    /// Text that counts as one more node, in bytes.
    private static let textPerNode = 64

    private var events: EventSource
    private var anchors: [String: (node: Node, weight: Int)] = [:]
    private var openAnchors: Set<String> = []
    private var nodes = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>, file: UInt16) {
        events = EventSource(bytes, file: file)
    }

    /// The documents of a text.
    static func read(_ bytes: [UInt8], file: UInt16) throws(EventSource.Failure) -> [Node] {
        // The closure can't throw a typed error through `withUnsafeBufferPointer` of all supported compilers.
        let result = bytes.withUnsafeBufferPointer { buffer -> Result<[Node], EventSource.Failure> in
            var reader = TreeReader(buffer, file: file)
            do throws(EventSource.Failure) {
                return .success(try reader.documents())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private mutating func documents() throws(EventSource.Failure) -> [Node] {
        var documents: [Node] = []
        while true {
            let (event, mark) = try events.next()
            switch event {
            case .streamEnd: return documents
            case .documentStart, .documentEnd:
                anchors = [:]
                openAnchors = []
            default: documents.append(try node(event, mark, depth: 0))
            }
        }
    }

    private mutating func node(
        _ event: EventSource.Event, _ mark: Mark, depth: Int
    ) throws(EventSource.Failure)
        -> Node
    {
        guard depth < Self.deepest else {
            throw .init(message: "nested more than \(Self.deepest) levels deep", mark: mark)
        }
        try count(1, mark)
        switch event {
        case .alias(let name): return try alias(name, mark)
        case .scalar(let text, let isPlain, let tag, let anchor):
            guard !text.utf8.contains(0) else { throw .init(message: "the text contains a NUL character", mark: mark) }
            let more = text.utf8.count / Self.textPerNode
            try count(more, mark)
            var node = Node(try value(of: text, isPlain: isPlain, tag: tag, mark), mark)
            node.override = Self.override(tag)
            node.isTime = isPlain && tag == nil && Timestamp(text) != nil
            remember(node, anchor, weight: more + 1)
            return node
        case .listStart(let tag, let anchor):
            return try collection(tag, anchor, mark) { (reader) throws(EventSource.Failure) in
                try reader.list(depth: depth)
            }
        case .mapStart(let tag, let anchor):
            return try collection(tag, anchor, mark) { (reader) throws(EventSource.Failure) in
                try reader.map(depth: depth)
            }
        default: throw .init(message: "not valid YAML: a value is missing", mark: mark)
        }
    }

    private mutating func collection(
        _ tag: String?, _ anchor: String?, _ mark: Mark,
        _ content: (inout TreeReader) throws(EventSource.Failure) -> Node.Value
    ) throws(EventSource.Failure) -> Node {
        if let anchor { openAnchors.insert(anchor) }
        let before = nodes
        var node = Node(try content(&self), mark)
        node.override = Self.override(tag)
        if let anchor { openAnchors.remove(anchor) }
        remember(node, anchor, weight: nodes - before + 1)
        return node
    }

    private mutating func list(depth: Int) throws(EventSource.Failure) -> Node.Value {
        var items: [Node] = []
        while true {
            let (event, mark) = try events.next()
            if case .listEnd = event { return .list(items) }
            let item = try node(event, mark, depth: depth + 1)
            // Nothing of an earlier file has the same place in a list, so there is nothing else to take away.
            if item.override != .reset { items.append(item) }
        }
    }

    private mutating func map(depth: Int) throws(EventSource.Failure) -> Node.Value {
        var mapping = Mapping()
        var merges: [Node] = []
        var hasMerge = false
        while true {
            let (event, mark) = try events.next()
            if case .mapEnd = event { break }
            let isMergeKey = Self.isMergeKey(event)
            let keyNode = try node(event, mark, depth: depth + 1)
            let (valueEvent, valueMark) = try events.next()
            let value = try node(valueEvent, valueMark, depth: depth + 1)
            guard case .string(let key) = keyNode.value, !keyNode.isTime else {
                throw .init(message: "a key must be a string, not \(keyNode.kind); quote it", mark: mark)
            }
            if isMergeKey {
                guard !hasMerge else { throw .init(message: "the key \"<<\" is already there", mark: mark) }
                hasMerge = true
                merges.append(value)
            } else if let first = mapping.entries[key] {
                throw .init(message: "the key \"\(key)\" is already in line \(first.keyMark.line)", mark: mark)
            } else {
                mapping.set(key, value, keyMark: mark)
            }
        }
        for merge in merges { try include(merge, into: &mapping) }
        return .map(mapping)
    }

    /// The merge key of YAML 1.1: what the mapping says itself wins, then the first of several.
    private mutating func include(_ node: Node, into mapping: inout Mapping) throws(EventSource.Failure) {
        for source in node.list ?? [node] {
            guard let other = source.mapping else {
                throw .init(
                    message: "the merge key \"<<\" needs a mapping or a list of mappings, not \(source.kind)",
                    mark: source.mark)
            }
            for (key, entry) in other.entries {
                guard let own = mapping.entries[key] else {
                    mapping.entries[key] = entry
                    continue
                }
                // What is reset here gets the merged value, and an earlier file's is gone.
                guard own.node.override == .reset else { continue }
                mapping.entries[key] = entry
                mapping.entries[key]?.node.override = .replace
            }
        }
    }

    private static func isMergeKey(_ event: EventSource.Event) -> Bool {
        guard case .scalar(let text, let isPlain, let tag, _) = event else { return false }
        return text == "<<" && (isPlain && tag == nil) || tag == "tag:yaml.org,2002:merge"
    }

    private func value(
        of text: String, isPlain: Bool, tag: String?, _ mark: Mark
    ) throws(EventSource.Failure) -> Node.Value {
        do throws(Scalars.Failure) {
            return try Scalars.value(of: text, isPlain: isPlain, tag: tag)
        } catch {
            throw .init(message: error.message, mark: mark)
        }
    }

    private mutating func alias(_ name: String, _ mark: Mark) throws(EventSource.Failure) -> Node {
        guard !openAnchors.contains(name) else {
            throw .init(message: "the anchor \"\(name)\" contains itself", mark: mark)
        }
        guard let target = anchors[name] else {
            throw .init(message: "no anchor \"\(name)\" stands before this alias", mark: mark)
        }
        try count(target.weight, mark)
        return target.node
    }

    private mutating func remember(_ node: Node, _ anchor: String?, weight: Int) {
        if let anchor { anchors[anchor] = (node, weight) }
    }

    private mutating func count(_ more: Int, _ mark: Mark) throws(EventSource.Failure) {
        nodes += more
        guard nodes <= Self.mostNodes else {
            throw .init(message: "more than \(Self.mostNodes) values, counting each use of an alias", mark: mark)
        }
    }

    private static func override(_ tag: String?) -> Node.Override {
        switch tag {
        case "!reset": .reset
        case "!override": .replace
        default: .none
        }
    }
}
