/// Something that can't be done with a container, in one line that the user can act on.
public struct ContainerError: Error, Equatable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
}
