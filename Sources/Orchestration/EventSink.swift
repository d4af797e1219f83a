import ControlAPI

/// Where a command's progress goes: the stream of its answer.
struct EventSink: Sendable {
    let send: @Sendable (CommandEvent) -> Void

    func notice(_ text: String) { send(.notice(text)) }
    func warning(_ text: String) { send(.warning(text)) }
    func working(_ id: String, _ text: String, _ details: String? = nil) {
        send(.progress(Progress(id: id, status: .working, text: text, details: details)))
    }
    func done(_ id: String, _ text: String, _ details: String? = nil) {
        send(.progress(Progress(id: id, status: .done, text: text, details: details)))
    }
    func failed(_ id: String, _ text: String, _ details: String? = nil) {
        send(.progress(Progress(id: id, status: .error, text: text, details: details)))
    }
}
