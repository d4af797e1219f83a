import Containers
package import ControlAPI
import Images
import Kernel
import Volumes

/// What goes, and what there is to go.
extension ImageOperations {
    /// As Docker, goes on with the next image after one that can't be removed.
    package func remove(_ request: ImageRemovalRequest, report: @escaping CommandReport) async throws -> Outcome {
        var options = RemovalOptions()
        options.force = request.force
        options.keepsContent = request.keepContent
        options.platform = request.platform
        var removed = RemovedImages()
        for image in request.images {
            do {
                // Asked anew for each: a container may have been made meanwhile.
                let removal = try await store.remove(image, options: options, inUse: uses())
                removed.lines += removal.lines.map(RemovedImages.Line.init)
                removed.freed += removal.freed
            } catch let error as ImageError {
                // With -f, what isn't there is as good as removed.
                if case .unknown = error.reason, request.force { continue }
                removed.failures.append("\(error)")
            }
        }
        report(.result(.removed(removed)))
        return Outcome()
    }

    package func prune(_ request: ImagePruneRequest, report: @escaping CommandReport) async throws -> Outcome {
        report(.result(.removed(try await prune(request))))
        return Outcome()
    }

    func prune(_ request: ImagePruneRequest) async throws -> RemovedImages {
        var options = PruneOptions()
        options.all = request.all
        options.until = request.until
        options.labels = request.labels
        options.withoutLabels = request.withoutLabels
        let removal = try await store.prune(options, inUse: uses())
        return RemovedImages(lines: removal.lines.map(RemovedImages.Line.init), freed: removal.freed)
    }

    /// Everything that the instance keeps on the disk.
    package func diskUsage() async throws -> DiskUsageReport {
        let containers = try ContainerOnDisk.all(locations)
        let usage = try await store.usage(inUse: uses())
        let images = usage.images.map { image in
            DiskUsageReport.Image(
                image: ImageSummary(image.image, size: image.size), size: image.size, shared: image.shared,
                unique: image.unique, containers: image.containers)
        }
        return DiskUsageReport(
            images: .init(
                images: images, total: usage.total, active: usage.active, size: usage.size,
                reclaimable: usage.reclaimable),
            containers: containers.map { container in
                .init(
                    id: container.id, name: container.name, image: container.image, command: container.command,
                    created: container.created, isRunning: container.isRunning, volumes: container.volumes.count,
                    size: DiskUsage.of(container.writableDirectory))
            },
            volumes: try volumeNames(locations).map { name in
                .init(
                    name: name, links: containers.count { $0.volumes.contains(name) },
                    size: DiskUsage.of("\(locations.root)/volumes/\(name)/_data"))
            })
    }
}

extension RemovedImages.Line {
    fileprivate init(_ line: Removal.Line) {
        switch line {
        case .untagged(let name): self = .untagged(name)
        case .deleted(let digest): self = .deleted(digest)
        }
    }
}

/// What could be removed, with its size, to tell later what was.
struct Leftovers {
    private var containers: [String: Int64] = [:]
    private var networks: Set<String> = []
    private var volumes: [String: Int64] = [:]

    init(_ locations: Locations) throws {
        for container in try ContainerOnDisk.all(locations) {
            containers[container.id] = container.isRunning ? 0 : DiskUsage.of(container.writableDirectory)
        }
        // What is written just now has another name.
        networks = Set(
            try Directory.names(in: locations.root + "/networks").filter { $0.hasSuffix(".json") }
                .map { String($0.dropLast(5)) })
        for name in try volumeNames(locations) {
            volumes[name] = DiskUsage.of("\(locations.root)/volumes/\(name)/_data")
        }
    }

    /// What of it isn't there any more.
    func gone(since now: Leftovers) -> PrunedThings {
        var gone = PrunedThings()
        let containers = containers.filter { now.containers[$0.key] == nil }
        let volumes = volumes.filter { now.volumes[$0.key] == nil }
        gone.containers = containers.keys.sorted()
        gone.networks = networks.subtracting(now.networks).sorted()
        gone.volumes = volumes.keys.sorted()
        gone.bytes = containers.values.reduce(0, +) + volumes.values.reduce(0, +)
        return gone
    }
}
