import StackModel

/// What is known of a volume, as `volume.json` keeps it.
public struct VolumeRecord: Codable, Equatable, Sendable {
    public var name: String
    /// `local`, the only one.
    public var driver: String
    public var driverOpts: [String: String]
    public var labels: [String: String]
    /// Seconds since 1970.
    public var created: Int64
    /// Made for one container, without a name in the file.
    public var isAnonymous: Bool

    public init(
        name: String, driver: String = "local", driverOpts: [String: String] = [:],
        labels: [String: String] = [:],
        created: Int64, isAnonymous: Bool = false
    ) {
        self.name = name
        self.driver = driver
        self.driverOpts = driverOpts
        self.labels = labels
        self.created = created
        self.isAnonymous = isAnonymous
    }
}

/// A volume that exists.
public struct Volume: Equatable, Sendable {
    public var record: VolumeRecord
    /// The directory that containers see.
    public var path: String
    /// The directory is the user's own (`o: bind`): it is neither filled nor removed.
    public var isBound: Bool

    public init(record: VolumeRecord, path: String, isBound: Bool) {
        self.record = record
        self.path = path
        self.isBound = isBound
    }
}

extension VolumeRecord {
    /// Short enough for a directory's name.
    static func isValid(name: String) -> Bool { ObjectName.isValid(name, bytes: 1...255) }

    /// The host's directory that the volume stands for; `nil`: one of its own. Of the local driver's options only a
    /// plain bind is supported.
    func boundDirectory() throws(VolumeError) -> String? {
        guard driver == "local" || driver.isEmpty else {
            throw .unsupportedDriver(volume: name, driver: driver)
        }
        if let unknown = driverOpts.keys.sorted().first(where: {
            !["type", "o", "device"].contains($0)
        }) {
            throw refusal("unknown option \"\(unknown)\": there are type, o and device")
        }
        if driverOpts.isEmpty { return nil }
        let type = driverOpts["type"] ?? "none"
        guard ["none", "bind", ""].contains(type) else {
            throw refusal("type \"\(type)\" isn't supported: use o: bind with a device")
        }
        let options = (driverOpts["o"] ?? "").split(separator: ",")
        guard options == ["bind"] || options == ["rbind"] else {
            throw refusal("o: \"\(driverOpts["o"] ?? "")\" isn't supported: use o: bind with a device")
        }
        guard let device = driverOpts["device"], device.hasPrefix("/") else {
            throw refusal("o: bind needs a device, the absolute path of a directory")
        }
        return device
    }

    private func refusal(_ problem: String) -> VolumeError {
        .unsupportedOptions(volume: name, problem: problem)
    }
}
