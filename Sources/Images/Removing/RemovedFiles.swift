import Glibc
import Kernel

/// Files that have lost their names, and whose blocks are still to be given back. On a disk that is told of each block
/// (`discard`, `man 5 ext4`) that takes longer than all else of a removal, so it is left to a process that does nothing
/// else: it has the last reference to them, and ends. Should it be killed, the same happens.
struct RemovedFiles: ~Copyable {
    /// What a process may have open everywhere; further files are given back at once.
    private static let most = 256
    /// Bytes of a file that is worth the trouble.
    private static let least: Int64 = 1 << 20

    private var descriptors: [Int32] = []

    init() {}

    deinit { descriptors.forEach { close($0) } }

    /// Takes a file's name away.
    mutating func remove(_ item: Inventory.Item) throws(KernelError) {
        if item.bytes >= Self.least, descriptors.count < Self.most {
            descriptors.append(try OwnedDescriptor(open: item.path, [.path, .noFollow]).release())
        }
        try Files.remove(item.path)
    }

    /// Milliseconds in which most file systems are done: whoever unmounts one at once shall find it unused.
    private static let patience: Int32 = 10

    /// Has the blocks given back, and doesn't wait long for it.
    mutating func release(with unpacker: Unpacker) {
        guard !descriptors.isEmpty else { return }
        // `try?`: without the process it is this one that waits, when it closes them.
        let process = try? start(unpacker)
        descriptors.forEach { close($0) }
        descriptors = []
        if let process { Self.end(process) }
    }

    /// The process, and the pipe whose end it waits for.
    private func start(_ unpacker: Unpacker) throws(KernelError) -> (pid: Int32, gate: Int32) {
        let pipe = try OwnedDescriptor.pipe()
        var spawn = Spawn(unpacker.executable, [unpacker.executable, "free"], environment: [])
        spawn.standardStreams = (pipe.reading.number, nil, nil)
        spawn.descriptors = zip(descriptors, Int32(3)...).map { (own: $0, child: $1) }
        spawn.newSession = true
        let pid = try spawn.start()
        return (pid, pipe.intoWriting().release())
    }

    /// Only now, when it has the last references.
    private static func end(_ process: (pid: Int32, gate: Int32)) {
        close(process.gate)
        let pid = process.pid
        // `try?`: that fails only without a descriptor to be had, and then a thread waits.
        let descriptor = try? ProcessDescriptor(pid: pid)
        if (try? descriptor?.waitForEnd(milliseconds: patience)) == true {
            waitpid(pid, nil, 0)
        } else {
            // `try?`: without the thread nobody takes its status until this process ends, which harms nobody.
            try? OwnThread.start { waitpid(pid, nil, 0) }
        }
    }
}
