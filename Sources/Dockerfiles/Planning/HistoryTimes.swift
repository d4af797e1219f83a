public import OCI

extension ImageConfiguration {
    /// Gives the entries of the history that have no time one, as BuildKit does, and the image the last one's.
    ///
    /// - Parameter layers: when the layers were made that the history's last entries speak of, in their order.
    public mutating func setTimes(ofNewLayers layers: [String?]) {
        let places = history.indices.filter { !(history[$0].emptyLayer ?? false) }
        for (place, time) in zip(places.suffix(layers.count), layers.suffix(places.count))
        where history[place].created == nil {
            history[place].created = time
        }
        // What makes no layer has the time of the layer before it; the first new ones that of the first new layer.
        var time: String?
        var isNew = false
        for entry in history {
            if let created = entry.created {
                time = created
                if isNew { break }
            } else {
                isNew = true
            }
        }
        isNew = false
        for place in history.indices {
            if let created = history[place].created {
                if isNew { time = created }
            } else {
                isNew = true
                history[place].created = time
            }
        }
        if let last = history.last?.created { created = last }
    }
}
