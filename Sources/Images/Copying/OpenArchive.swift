import Glibc
public import Kernel

/// An archive that is open already: somebody else's file or pipe.
public final class OpenArchive: Sendable {
    let file: OwnedDescriptor

    /// Takes over an open descriptor. What is read or written begins where it stands.
    public init(_ file: consuming OwnedDescriptor) { self.file = file }
}

/// Where an archive is read from.
enum ArchiveInput: Sendable {
    case path(String)
    case open(OpenArchive)

    func open() throws(KernelError) -> OwnedDescriptor {
        switch self {
        case .path(let path): try OwnedDescriptor(open: path)
        case .open(let archive): try archive.file.duplicate()
        }
    }
}
