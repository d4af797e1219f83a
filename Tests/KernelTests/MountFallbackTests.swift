import Glibc
import Testing

@testable import Kernel

/// What is done where a kernel doesn't know the newer form of a request.
@Suite struct MountFallbackTests {
    @Test(
        arguments: [
            // The newer way's error, the older one's, and what is told at last; 0 is success.
            (0, 0, 0, false), (EINVAL, 0, 0, true), (EPERM, 0, EPERM, false), (ENOENT, 0, ENOENT, false),
            (EINVAL, ENOENT, ENOENT, true), (EINVAL, E2BIG, E2BIG, true),
        ] as [(Int32, Int32, Int32, Bool)])
    func olderWayIsForWhatIsNotUnderstood(_ newer: Int32, _ older: Int32, _ outcome: Int32, _ isTried: Bool) {
        for operation in ["set the overlay mount option", "mount overlay"] {
            var tried = false
            var told: Int32 = 0
            do throws(KernelError) {
                try Mounts.firstThatIsUnderstood { () throws(KernelError) in
                    if newer != 0 { throw KernelError(operation, "", errno: newer) }
                } or: { () throws(KernelError) in
                    tried = true
                    if older != 0 { throw KernelError("mount", "an overlay", errno: older) }
                }
            } catch {
                told = error.errno
            }
            #expect(told == outcome)
            #expect(tried == isTried)
        }
    }

    @Test func kernelsOwnExplanationIsKept() {
        let error = #expect(throws: KernelError.self) {
            try Mounts.firstThatIsUnderstood { () throws(KernelError) in
                throw KernelError("mount overlay", "(workdir is in use)", errno: EINVAL)
            } or: { () throws(KernelError) in
                throw KernelError("mount", "an overlay", errno: EINVAL)
            }
        }
        #expect(error?.subject == "(workdir is in use)")
    }
}
