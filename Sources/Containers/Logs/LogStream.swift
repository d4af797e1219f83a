import ControlAPI
import Glibc
import Kernel
import Sandboxes
import StackModel

extension LogSelection {
    func wants(_ record: ContainerRecord) -> Bool {
        (services.isEmpty || services.contains(record.service)) && (index == nil || index == record.number)
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
    private let selection: LogSelection

    init(_ record: ContainerRecord, path: String, _ selection: LogSelection) {
        self.record = record
        self.selection = selection
        file = LogFile(path: path, tail: selection.tail)
    }

    /// The time of the next line that is wanted; `nil` at the end for now.
    mutating func peek() -> String? {
        while head == nil, let entry = file.next() {
            if selection.wants(entry) { head = entry }
        }
        return head?.time
    }

    mutating func next() -> LogEvent? {
        guard peek() != nil, let entry = head else { return nil }
        head = nil
        return .line(
            LogLine(
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
actor LogStream {
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
            sources[record.id] = LogSource(record, path: store.logPath(record.id), selection)
        }
    }

    deinit {
        for id in sources.keys { sources[id]?.close() }
    }

    /// A descriptor of the inotify instance, for whoever waits for it.
    func watchDescriptor() throws -> Int32? { try watch?.inotify.descriptor.duplicate().release() }

    /// The next event; `nil` at the end.
    func next() async throws -> LogEvent? {
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
            if sources[record.id] == nil {
                sources[record.id] = LogSource(record, path: store.logPath(record.id), selection)
                try follow(record.id)
                pending = [record.id]
            }
            then = .started(container: record.name, service: record.service)
        case .exited(let record, let code, let restarts):
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
