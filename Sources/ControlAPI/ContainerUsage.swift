/// One entry of `GET /v1/stacks/NAME/usage`: what a container has used by now. Two of them tell a rate.
public struct ContainerUsage: Codable, Equatable, Sendable {
    public var id: String
    /// The container's.
    public var name: String
    public var service: String
    public var number: Int
    /// When it was looked at, in nanoseconds.
    public var time: Int64
    /// Of all processors together, in nanoseconds.
    public var processorTime: Int64 = 0
    /// Bytes.
    public var memory: Int64 = 0
    /// Bytes; the host's memory where the container has no limit.
    public var memoryLimit: Int64 = 0
    public var processes: Int = 0
    /// Bytes, over all its networks.
    public var received: Int64 = 0
    public var sent: Int64 = 0
    /// Bytes, from and to disks.
    public var read: Int64 = 0
    public var written: Int64 = 0

    public init(id: String, name: String, service: String, number: Int, time: Int64) {
        self.id = id
        self.name = name
        self.service = service
        self.number = number
        self.time = time
    }
}
