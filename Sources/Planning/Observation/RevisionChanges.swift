public import StackModel

extension Stack {
    /// What has changed of each service since an earlier revision of the stack, in the file's words; services that stay as
    /// they are don't appear.
    ///
    /// - Parameters:
    ///   - scale: how many containers of each service there were to be then, and now.
    ///   - images: the digests of the images, by ``Service/imageKey``.
    public func changes(
        since old: Stack, scale: (old: [String: Int], new: [String: Int]),
        images: (old: [String: String], new: [String: String])
    ) -> [String: [String]] {
        Set(services.keys).union(old.services.keys).reduce(into: [:]) { result, name in
            switch (old.services[name], services[name]) {
            case (nil, _?): result[name] = ["new"]
            case (_?, nil): result[name] = ["gone"]
            case (let before?, let now?):
                var lines = now.differences(from: before).map(\.description)
                if before.image == now.image,
                    let (one, other) = Self.both(images.old[before.imageKey], images.new[now.imageKey])
                {
                    lines.insert("image: \(now.image) stands for another one: \(one) → \(other)", at: 0)
                }
                if let (one, other) = Self.both(scale.old[name], scale.new[name]) {
                    lines.append("scale: \(one) → \(other)")
                }
                if !lines.isEmpty { result[name] = lines }
            case (nil, nil): break
            }
        }
    }

    /// Two values that are known and differ.
    private static func both<Value: Equatable>(_ one: Value?, _ other: Value?) -> (Value, Value)? {
        guard let one, let other, one != other else { return nil }
        return (one, other)
    }
}

extension Service {
    fileprivate func differences(from old: Service) -> [Difference] {
        let image = image == old.image ? [] : [Difference(path: "image", old: "\"\(old.image)\"", new: "\"\(image)\"")]
        return image + scheduleDifference(from: old)
            + (container == old.container ? [] : SettingsDifference.between(old.container, container))
    }

    private func scheduleDifference(from old: Service) -> [Difference] {
        guard schedule != old.schedule else { return [] }
        let (one, other) = (old.schedule?.expression.description, schedule?.expression.description)
        if one == other { return [Difference(path: "x-schedule")] }
        return [Difference(path: "x-schedule", old: one.map { "\"\($0)\"" }, new: other.map { "\"\($0)\"" })]
    }
}
