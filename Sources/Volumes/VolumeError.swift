public import Kernel

/// Why something about a volume failed.
public enum VolumeError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Names begin with a letter or digit and go on with these, `_`, `.` and `-`.
    case invalidName(String)
    case unknown(String)
    case unsupportedDriver(volume: String, driver: String)
    /// `problem`: what of the driver's options can't be done.
    case unsupportedOptions(volume: String, problem: String)
    /// The directory that a volume with `o: bind` stands for isn't there.
    case deviceMissing(volume: String, path: String)
    /// Its record can't be read.
    case damaged(volume: String, path: String, problem: String)
    case failed(volume: String, KernelError)

    public var description: String {
        switch self {
        case .invalidName(let name):
            "volume \"\(name)\": invalid name: use letters, digits, \"_\", \".\" and \"-\", a letter or digit first"
        case .unknown(let name):
            "volume \"\(name)\" doesn't exist"
        case .unsupportedDriver(let volume, let driver):
            "volume \"\(volume)\": driver \"\(driver)\" isn't supported: use \"local\""
        case .unsupportedOptions(let volume, let problem):
            "volume \"\(volume)\": driver_opts: \(problem)"
        case .deviceMissing(let volume, let path):
            "volume \"\(volume)\": driver_opts.device: there is no directory \(path): make it first"
        case .damaged(let volume, let path, let problem):
            "volume \"\(volume)\": can't read \(path): \(problem): restore it, or remove the volume"
        case .failed(let volume, let error):
            "volume \"\(volume)\": \(error.description)"
        }
    }
}
