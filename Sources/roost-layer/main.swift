// Reads one archive on descriptor 0 and makes files of it, shut in before the first byte is parsed:
//
//     roost-layer erofs ALGORITHM 3>FILE       a layer of an image, as an EROFS image in an empty file
//     roost-layer tree DIRECTORY [ALGORITHM]   the same as a directory in overlayfs's form
//     roost-layer archive DIRECTORY            an archive of images: plain files only, symbolic links become hard links
//     roost-layer free                         end when descriptor 0 does, with the last reference to removed files
//
// ALGORITHM is of the digest of the uncompressed stream, which the last line on descriptor 1 tells, with counts:
// `done sha256:… BYTES ENTRIES WRITTEN`. Lines before it tell of progress: `read BYTES`.
// Exit status: 0 done, 1 the archive or the file system is at fault, 2 wrong usage, 3 no space left.
import Glibc

if CommandLine.arguments.dropFirst() == ["free"] {
    var byte: UInt8 = 0
    while true {
        let count = read(0, &byte, 1)
        if count == 0 || (count < 0 && errno != EINTR) { exit(0) }
    }
}
do {
    try Invocation(CommandLine.arguments).run()
} catch {
    say("roost-layer: \(error.description)", on: 2)
    exit(error.exitStatus)
}
