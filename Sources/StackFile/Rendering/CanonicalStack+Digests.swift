import OrderedCollections

/// The images of a stack as something to be pinned.
extension CanonicalStack {
    /// Every image that a container of the stack needs, once: of services, of their hooks, and of volumes made from an
    /// image. Not those that a service of the stack builds.
    public var imageReferences: [String] {
        var seen: OrderedSet<String> = []
        _ = mapImages { image in
            seen.append(image)
            return image
        }
        return Array(seen)
    }

    /// The same stack with other names for images; one that isn't in `names` stays.
    public func replacingImages(_ names: [String: String]) -> CanonicalStack {
        replacing(mapImages { names[$0] ?? $0 })
    }

    /// What pins the images as an override file: each service with its image and its volumes made from images, nothing
    /// else. The images of hooks can't be overridden by a file.
    public func onlyImages() -> CanonicalStack {
        var services = section("services")
        for (name, entry) in services.entries {
            var kept = Mapping()
            if let image = entry.node["image"] { kept.set("image", image) }
            let volumes = (entry.node["volumes"]?.list ?? []).filter { $0["type"]?.string == "image" }
            if !volumes.isEmpty { kept.set("volumes", entry.node.with(.list(volumes))) }
            services.set(name, entry.node.with(.map(kept)))
        }
        return replacing(.map([("services", tree.with(.map(services)))], tree.mark), isLock: true)
    }

    private func mapImages(_ change: (String) -> String) -> Node {
        guard case .map(var top) = tree.value, let all = top["services"], case .map(var services) = all.value else {
            return tree
        }
        func changed(_ node: Node, _ key: String) -> Node {
            guard case .map(var mapping) = node.value, let name = mapping[key], let text = name.string, !text.isEmpty
            else { return node }
            mapping.set(key, name.with(.string(change(text))))
            return node.with(.map(mapping))
        }
        let names = Set(services.keys)
        for (name, entry) in services.entries.sorted(by: { $0.key < $1.key }) {
            guard case .map(var service) = changed(entry.node, "image").value else { continue }
            if let hooks = service["pre_start"], let items = hooks.list {
                service.set("pre_start", hooks.with(.list(items.map { changed($0, "image") })))
            }
            if let volumes = service["volumes"], let items = volumes.list {
                let mapped = items.map { volume in
                    let isImage = volume["type"]?.string == "image" && !names.contains(volume["source"]?.string ?? "")
                    return isImage ? changed(volume, "source") : volume
                }
                service.set("volumes", volumes.with(.list(mapped)))
            }
            services.set(name, entry.node.with(.map(service)))
        }
        top.set("services", all.with(.map(services)))
        return tree.with(.map(top))
    }
}
