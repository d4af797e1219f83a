/// Something that a command couldn't do, in one line that the user can act on.
struct OperationError: Error, CustomStringConvertible {
    var description: String
    var exitCode: Int32 = 1
    /// A more urgent command came.
    var isGivingWay = false

    init(_ description: String, exitCode: Int32 = 1) {
        self.description = description
        self.exitCode = exitCode
    }
}
