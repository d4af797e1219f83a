import Builds
import Containers
import ControlAPI
import Kernel

/// Containers' files on their way out.
extension Supervisor {
    /// Writes a container's files as a tar archive to the descriptor that came with the request.
    package func export(_ name: String, to passed: PassedDescriptors) async throws {
        let record = try await found(name).record
        guard let output = passed.take(0) else {
            throw SupervisorRefusal(.conflict, "export of \(name): the request has no descriptor to write to")
        }
        // Several may export one container at once, and the container may end meanwhile.
        let holder = "export \(Files.unforeseenName())"
        do {
            let below = try await engine.containers.holdLayers(record.layers, for: holder)
            let upper = engine.locations.upperDirectory(of: record.id)
            try await RootArchive([upper] + below).write(to: output)
            await engine.containers.releaseLayers(holder)
        } catch {
            await engine.containers.releaseLayers(holder)
            if error is CancellationError { throw error }
            throw SupervisorRefusal(.conflict, "export of \(name): \(error)")
        }
    }
}
