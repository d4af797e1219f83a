import ControlAPI
import Kernel
import OCI
import Planning

extension Instant {
    /// The wall clock, in nanoseconds since 1970.
    static var now: Instant { Instant(nanoseconds: Timestamp.now()) }
}
