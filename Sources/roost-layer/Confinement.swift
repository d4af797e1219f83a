import CArchive
import Glibc

/// The capabilities that unpacking needs, by their numbers in `man 7 capabilities`.
private enum Capability: UInt64, CaseIterable {
    case changeOwner = 0
    case overrideAccess = 1
    case actAsOwner = 3
    case keepSetID = 4
    /// For extended attributes in the `trusted` name space: overlayfs' opaque directories.
    case systemAdministration = 21
    case makeNode = 27
    case setFileCapabilities = 31
}

/// Locks the process into `directory`: whatever an archive makes of names and links, nothing outside has a name.
func confine(to directory: String) throws(UnpackError) {
    // What the C library loads lazily has to come from the host: afterwards its paths lie in the archive's hands.
    setlocale(LC_ALL, "C.UTF-8")
    let converter = iconv_open("UTF-8", "UTF-8")
    if converter != iconv_t(bitPattern: -1) { iconv_close(converter) }
    _ = strerror(ENOENT)

    try confinementStep("closing descriptors", confinement_close_from(4))
    guard chdir(directory) == 0 else {
        throw .confinement(step: "entering \(directory)", errno: errno)
    }
    guard chroot(".") == 0 else { throw .confinement(step: "chroot to \(directory)", errno: errno) }
    guard chdir("/") == 0 else { throw .confinement(step: "entering the new root", errno: errno) }
    umask(0o022)
    try dropPrivileges()
}

private func dropPrivileges() throws(UnpackError) {
    try confinementStep("no_new_privs", confinement_no_new_privileges())
    let kept = Set(Capability.allCases.map(\.rawValue))
    for number in 0..<UInt64(64) where !kept.contains(number) {
        try confinementStep("dropping capability \(number)", confinement_drop_bounding(Int32(number)))
    }
    try confinementStep("clearing ambient capabilities", confinement_clear_ambient())
    let mask = kept.reduce(UInt64(0)) { $0 | 1 << $1 }
    try confinementStep("limiting capabilities", confinement_limit_capabilities(mask))
}

private func confinementStep(_ step: String, _ errno: Int32) throws(UnpackError) {
    guard errno == 0 else { throw .confinement(step: step, errno: errno) }
}
