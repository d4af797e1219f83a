/// Something that is given arbitrary bytes, and must neither crash, nor hang, nor eat memory.
public struct FuzzTarget: Sendable {
    /// As `--target` names it; its seeds are in Tests/Corpus under the same name.
    public var name: String
    /// Makes the function that is called with each input. `scratch` is an empty directory in memory.
    ///
    /// The function tells whether the input was accepted; one that is refused with an error is as good an end. It calls ``broken(_:)``
    /// where a promise other than "no crash" isn't kept.
    public var prepare: @Sendable (_ scratch: String) -> ([UInt8]) -> Bool

    public init(_ name: String, prepare: @escaping @Sendable (_ scratch: String) -> ([UInt8]) -> Bool) {
        self.name = name
        self.prepare = prepare
    }

    /// Each one is a line.
    public static let all: [FuzzTarget] = [
        FuzzTarget("stackfile", prepare: StackFileTarget.prepare),
        FuzzTarget("reference") { _ in RegistryTargets.reference },
        FuzzTarget("manifest") { _ in RegistryTargets.manifest },
        FuzzTarget("archive") { _ in RegistryTargets.archive },
        FuzzTarget("configuration") { _ in RegistryTargets.configuration },
        FuzzTarget("header") { _ in RegistryTargets.header },
        FuzzTarget("layer", prepare: LayerTarget.prepare),
    ]

    /// Ends the process as a crash does, with the reason on the standard error.
    public static func broken(_ reason: String) -> Never { fatalError(reason) }
}
