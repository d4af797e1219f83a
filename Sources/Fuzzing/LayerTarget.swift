import Erofs
import Glibc
import LayerReading

/// A layer's tar stream through the reader and the writer: whatever comes in, the image that comes out is sound.
enum LayerTarget {
    static func prepare(scratch: String) -> ([UInt8]) -> Bool {
        let path = "\(scratch)/image"
        return { input in
            let file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
            guard file >= 0 else { FuzzTarget.broken("can't open \(path): \(String(cString: strerror(errno)))") }
            defer { close(file) }
            do throws(LayerError) {
                var builder = try LayerBuilder(try ImageWriter(descriptor: file, limit: 64 << 20))
                let stream = MemoryStream(corrected(input), piece: 4096)
                let written = try builder.build(HashedStream(stream, .sha256)).written
                check(file, Int(written))
                return true
            } catch {
                return false
            }
        }
    }

    private static func check(_ file: Int32, _ count: Int) {
        var bytes = [UInt8](repeating: 0, count: count)
        guard pread(file, &bytes, count, 0) == count else { FuzzTarget.broken("the image is shorter than it says") }
        if let fault = ImageInspection.fault(in: bytes) { FuzzTarget.broken("the image isn't sound: \(fault)") }
    }

    /// Headers' checksums are made right: else nearly no change would get beyond them.
    private static func corrected(_ input: [UInt8]) -> [UInt8] {
        var bytes = input
        for start in stride(from: 0, to: bytes.count - 511, by: 512)
        where bytes[(start + 257)..<(start + 262)].elementsEqual("ustar".utf8) {
            for place in 148..<156 { bytes[start + place] = 0x20 }
            let text = String(bytes[start..<(start + 512)].reduce(0) { $0 + Int($1) }, radix: 8)
            let digits = String(repeating: "0", count: max(0, 6 - text.count)) + text
            bytes.replaceSubrange((start + 148)..<(start + 154), with: digits.utf8)
            bytes[start + 154] = 0
        }
        return bytes
    }
}
