import Glibc

/// The pages of the program's own file that this process has mapped.
public enum CodePages {
    /// Lets go of the pages of code and constants; those that are needed come back from the page cache when they are
    /// touched. A start runs much code that is never run again, and the kernel maps sixteen pages around each touched
    /// one.
    public static func release() throws(KernelError) {
        let own = try Files.readText("/proc/self/maps").split(separator: "\n").filter { line in
            guard let path = line.split(separator: " ", maxSplits: 5).dropFirst(5).first else { return false }
            // Pages that were written to are not the file's any more.
            let isUnchanged = line.contains(" r-xp ") || line.contains(" r--p ")
            return isUnchanged && path.drop { $0 == " " } == executable
        }
        for line in own {
            let ends = line.prefix { $0 != " " }.split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard ends.count == 2, let start = UnsafeMutableRawPointer(bitPattern: ends[0]) else { continue }
            try check("release the pages of", "the program") { madvise(start, Int(ends[1] - ends[0]), MADV_DONTNEED) }
        }
    }

    private static let executable: String = {
        let path = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer -> [UInt8] in
            guard let base = buffer.baseAddress else { return [] }
            return buffer.prefix(max(0, readlink("/proc/self/exe", base, buffer.count))).map(UInt8.init(bitPattern:))
        }
        return String(decoding: path, as: UTF8.self)
    }()
}
