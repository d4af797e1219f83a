import ControlAPI
import Glibc
import Kernel
import Launching
import Sandboxes
import StackModel

extension LogSelection {
    func wants(_ record: ContainerRecord) -> Bool {
        (!record.owner.isOneOff || record.run?.job != nil) && (services.isEmpty || services.contains(record.service))
            && (index == nil || index == record.number)
    }

    func wants(_ entry: LogEntry) -> Bool {
        if since == nil && until == nil { return true }
        let time = Timestamp.parse(entry.time) ?? 0
        return time >= since ?? .min && time < until ?? .max
    }
}

/// The log of one container for one client.
struct LogSource {
    let record: ContainerRecord
    private var file: LogFile
    private var head: LogEntry?
    /// The beginnings of lines that are longer than a record, by their stream.
    private var begun: [String: LogEntry] = [:]
    /// Nothing comes any more: a line without an end is a line.
    var isEnded: Bool
    private let selection: LogSelection

    /// A longer line is shown in pieces. Bytes.
    private static let longestLine = 1 << 20

    init(_ record: ContainerRecord, path: String, _ selection: LogSelection, isEnded: Bool) {
        self.record = record
        self.selection = selection
        self.isEnded = isEnded
        file = LogFile(path: path, tail: selection.tail)
    }

    /// The time of the next line that is wanted; `nil` at the end for now.
    mutating func peek() -> String? {
        while head == nil, let entry = nextLine() {
            if selection.wants(entry) { head = entry }
        }
        return head?.time
    }

    /// Records that are one line are put together.
    private mutating func nextLine() -> LogEntry? {
        while var entry = file.next() {
            let isPiece = !entry.log.hasSuffix("\n") && entry.log.utf8.count >= LogLine.maximumLength
            if let first = begun.removeValue(forKey: entry.stream) {
                entry.log = first.log + entry.log
                entry.time = first.time
            }
            guard isPiece, entry.log.utf8.count < Self.longestLine else { return entry }
            begun[entry.stream] = entry
        }
        guard isEnded, let rest = begun.popFirst() else { return nil }
        return rest.value
    }

    mutating func next() -> LogEvent? {
        guard peek() != nil, let entry = head else { return nil }
        head = nil
        return .line(
            ControlAPI.LogLine(
                container: record.name, service: record.service, number: record.number, stream: entry.stream,
                time: entry.time, text: entry.log))
    }

    mutating func close() { file.close() }
}

/// What happens to followed containers.
enum LogSignal: Sendable {
    /// Something was written in the directories of these inotify watches.
    case written([Int32])
    case started(ContainerRecord)
    case exited(ContainerRecord, code: Int32, restarts: Bool)
}

/// Lines of several containers for one client: first what is there, in the order of time, then, if they are followed,
/// what comes. It reads only as fast as the client does.
actor LogSession {
    private let selection: LogSelection
    private let store: ContainerStore
    private var sources: [String: LogSource] = [:]
    private var watches: [Int32: String] = [:]
    private var isHistory = true
    /// Containers that have lines which were not sent yet.
    private var pending: [String] = []
    /// What is sent when those are through.
    private var then: LogEvent?
    private var signals: AsyncStream<LogSignal>.Iterator?
    private let watch: DirectoryWatch?

    private final class DirectoryWatch: Sendable {
        let inotify: Inotify

        init() throws { inotify = try Inotify() }
    }

    /// - Parameter signals: `nil`: what is there is all.
    init(
        _ selection: LogSelection, _ records: [ContainerRecord], store: ContainerStore,
        signals: AsyncStream<LogSignal>?
    ) throws {
        self.selection = selection
        self.store = store
        self.signals = signals?.makeAsyncIterator()
        watch = try signals == nil ? nil : DirectoryWatch()
        for record in records {
            sources[record.id] = LogSource(
                record, path: store.logPath(record.id), selection, isEnded: signals == nil)
        }
    }

    deinit {
        for id in sources.keys { sources[id]?.close() }
    }

    /// A descriptor of the inotify instance, for whoever waits for it.
    func watchDescriptor() throws -> Int32? { try watch?.inotify.descriptor.duplicate().release() }

    /// The next events, as many as there are and one answer may hold; `nil` at the end.
    func next() async throws -> [LogEvent]? {
        guard let first = try await nextEvent() else { return nil }
        var events = [first]
        while events.count < Self.most, let event = nextAtHand() { events.append(event) }
        return events
    }

    private static let most = 500

    /// What can be told without waiting for anything.
    private func nextAtHand() -> LogEvent? {
        if isHistory { return earliest() }
        guard let id = pending.last else { return nil }
        return sources[id]?.next()
    }

    private func nextEvent() async throws -> LogEvent? {
        while isHistory {
            if let event = earliest() { return event }
            isHistory = false
            for id in sources.keys { try follow(id) }
            // What was written between the last look and the watch.
            pending = Array(sources.keys)
        }
        while true {
            if let id = pending.last {
                if let event = sources[id]?.next() { return event }
                pending.removeLast()
            } else if let event = then {
                then = nil
                return event
            } else {
                guard let signal = await nextSignal() else { return nil }
                try handle(signal)
            }
        }
    }

    private func nextSignal() async -> LogSignal? {
        guard var iterator = signals else { return nil }
        let signal = await iterator.next(isolation: self)
        signals = iterator
        return signal
    }

    private func handle(_ signal: LogSignal) throws {
        switch signal {
        case .written(let changed):
            pending = Array(Set(changed.compactMap { watches[$0] }))
        case .started(let record):
            sources[record.id]?.isEnded = false
            if sources[record.id] == nil {
                sources[record.id] = LogSource(
                    record, path: store.logPath(record.id), selection, isEnded: false)
                try follow(record.id)
                pending = [record.id]
            }
            then = .started(container: record.name, service: record.service)
        case .exited(let record, let code, let restarts):
            sources[record.id]?.isEnded = true
            pending = [record.id]
            then = .exited(container: record.name, service: record.service, code: code, restarts: restarts)
        }
    }

    private func earliest() -> LogEvent? {
        var earliest: (id: String, time: String)?
        for id in sources.keys {
            guard let time = sources[id]?.peek() else { continue }
            if earliest.map({ time < $0.time }) ?? true { earliest = (id, time) }
        }
        return earliest.flatMap { sources[$0.id]?.next() }
    }

    /// The directory is watched: it also tells when the file is rotated or made.
    private func follow(_ id: String) throws {
        let path = store.logPath(id)
        guard let slash = path.lastIndex(of: "/"), let watch else { return }
        let mask = UInt32(IN_MODIFY | IN_CREATE | IN_MOVED_TO)
        watches[try watch.inotify.watch(String(path[..<slash]), mask: mask)] = id
    }
}
