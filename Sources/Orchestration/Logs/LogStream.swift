import ControlAPI
import Glibc
import Kernel
import Sandboxes

/// Which log lines a client wants.
struct LogSelection: Sendable {
    var services: [String] = []
    var index: Int?
    var tail: Int?
    var follow = false
    /// RFC 3339 in UTC, as in the files; empty for no bound.
    var since = ""
    var until = ""

    init(_ request: ControlRequest) {
        services = request.values("service")
        index = request.value("index").flatMap(Int.init)
        tail = request.value("tail").flatMap(Int.init)
        follow = request.value("follow") == "1"
        since = request.value("since") ?? ""
        until = request.value("until") ?? ""
    }

    func wants(_ record: ContainerRecord) -> Bool {
        (services.isEmpty || services.contains(record.service)) && (index == nil || index == record.number)
    }

    func wants(_ entry: LogEntry) -> Bool {
        (since.isEmpty || entry.time >= since) && (until.isEmpty || entry.time < until)
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

/// Lines of several containers by their time, then, if they are followed, as they come.
struct LogStream {
    private let selection: LogSelection
    private let path: (String) -> String
    private var sources: [String: LogSource] = [:]
    private var watches: [Int32: String] = [:]
    private let emit: (LogEvent) -> Void

    init(_ selection: LogSelection, path: @escaping (String) -> String, emit: @escaping (LogEvent) -> Void) {
        self.selection = selection
        self.path = path
        self.emit = emit
    }

    mutating func add(_ record: ContainerRecord) {
        guard selection.wants(record), sources[record.id] == nil else { return }
        sources[record.id] = LogSource(record, path: path(record.id), selection)
    }

    /// Everything that is there, in the order of time.
    mutating func history() {
        while true {
            var earliest: (id: String, time: String)?
            for (id, _) in sources {
                guard let time = sources[id]?.peek() else { continue }
                if earliest.map({ time < $0.time }) ?? true { earliest = (id, time) }
            }
            guard let earliest, let event = sources[earliest.id]?.next() else { return }
            emit(event)
        }
    }

    /// Goes on as the signals say, until they end.
    mutating func follow(_ signals: AsyncStream<LogSignal>, watching inotify: borrowing Inotify) async throws {
        for id in sources.keys { try watch(id, inotify) }
        // What was written between the history and the watch.
        for id in sources.keys { drain(id) }
        for await signal in signals {
            switch signal {
            case .written(let changed):
                for id in Set(changed.compactMap { watches[$0] }) { drain(id) }
            case .started(let record):
                guard selection.wants(record) else { continue }
                emit(.started(container: record.name, service: record.service))
                let isNew = sources[record.id] == nil
                add(record)
                if isNew { try watch(record.id, inotify) }
                drain(record.id)
            case .exited(let record, let code, let restarts):
                guard selection.wants(record) else { continue }
                drain(record.id)
                emit(.exited(container: record.name, service: record.service, code: code, restarts: restarts))
            }
        }
    }

    mutating func close() {
        for id in sources.keys { sources[id]?.close() }
    }

    private mutating func drain(_ id: String) {
        while let event = sources[id]?.next() { emit(event) }
    }

    /// The directory is watched: it also tells when the file is rotated or made.
    private mutating func watch(_ id: String, _ inotify: borrowing Inotify) throws {
        let path = path(id)
        guard let slash = path.lastIndex(of: "/") else { return }
        watches[try inotify.watch(String(path[..<slash]), mask: UInt32(IN_MODIFY | IN_CREATE | IN_MOVED_TO))] = id
    }
}
