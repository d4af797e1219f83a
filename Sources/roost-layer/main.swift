// Reads one archive on descriptor 0 and fills a directory with it, shut into that directory before the first byte
// is parsed. Where descriptor 3 is open, the uncompressed stream is copied to it, so that whoever started this
// process can compute its digest.
//
//     roost-layer tree DIRECTORY       a layer of an image: owners, modes, times, attributes, whiteouts
//     roost-layer archive DIRECTORY    an archive of images: plain files only, symbolic links become hard links
//
// Exit status: 0 done, 1 the archive or the file system is at fault, 2 wrong usage, 3 no space left.
import Glibc

func run() throws(UnpackError) {
    let arguments = CommandLine.arguments
    guard arguments.count == 3 else { throw .usage }
    let tap = fcntl(3, F_GETFD) >= 0 ? Tap(descriptor: 3) : nil
    switch arguments[1] {
    case "tree":
        try confine(to: arguments[2])
        let tree = try Tree(options: [.owner, .permissions, .times])
        try LayerUnpacker(tree: tree).unpack(from: 0, tap: tap)
    case "archive":
        try confine(to: arguments[2])
        let tree = try Tree(options: [.permissions])
        try ArchiveUnpacker(tree: tree).unpack(from: 0, tap: tap)
    default:
        throw .usage
    }
}

do {
    try run()
} catch {
    let line = Array("roost-layer: \(error.description)\n".utf8)
    _ = line.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
    exit(error.exitStatus)
}
