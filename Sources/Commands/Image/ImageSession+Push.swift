import ControlAPI
import Images
import OCI
import Orchestration

extension ImageSession {
    /// Pushes several images of the store, one after the other: they share layers more often than not.
    func push(
        _ references: [Reference], to registry: any ImageRegistry, platform: Platform?, report: ProgressInbox,
        ignoresFailures: Bool = false
    ) async throws -> [PushedImage] {
        var pushed: [PushedImage] = []
        for reference in references {
            let id = "Image \(reference.familiar)"
            report.send(.progress(Progress(id: id, status: .working, text: "Pushing")))
            do {
                let image = try await store.push(
                    reference.description, to: registry, platform: platform
                ) { progress in
                    if let event = progress.event(of: id) { report.send(.progress(event)) }
                }
                report.send(.progress(Progress(id: id, status: .done, text: "Pushed")))
                pushed.append(image)
            } catch let error where !(error is CancellationError) {
                report.send(.progress(Progress(id: id, status: .error, text: "Error", details: "\(error)")))
                guard ignoresFailures else { throw error }
            }
        }
        return pushed
    }
}
