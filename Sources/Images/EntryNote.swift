import Glibc
import OCI

/// What the store writes beside a name into the annotations of `index.json`.
enum EntryNote {
    /// The digest of the index that a manifest was chosen from.
    static let root = "io.roost.image.root"
    /// The digest of the index that a manifest was chosen from, whatever name it has by now; it is one of the blobs.
    static let index = "io.roost.image.index"
    /// When the name was given, in RFC 3339.
    static let tagged = "io.roost.image.tagged"
    /// The repository of an image that has lost its name.
    static let repository = "io.roost.image.repository"
    /// Which state of an archive an image came from.
    static let archive = "io.roost.archive.stamp"

    static func root(of entry: Descriptor) -> Digest {
        entry.annotations?[root].flatMap(Digest.init(_:)) ?? entry.digest
    }

    static func index(of entry: Descriptor) -> Digest? {
        entry.annotations?[index].flatMap(Digest.init(_:))
    }

    /// `docker.io/library/redis`, for what came from a registry or has the name of something there.
    static func repository(of entry: Descriptor) -> String? {
        if let kept = entry.annotations?[repository] { return kept }
        guard let name = LayoutContent.name(entry), let reference = Reference(name), reference.description == name
        else {
            return nil
        }
        return "\(reference.registry)/\(reference.repository)"
    }

    static func name(of entry: Descriptor) -> String {
        LayoutContent.name(entry) ?? entry.digest.description
    }

    static func withoutTime(_ entry: Descriptor) -> Descriptor {
        var entry = entry
        entry.annotations?[tagged] = nil
        return entry
    }

    /// The present time in RFC 3339, to the microsecond.
    static func now() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return text(seconds: time.tv_sec, nanoseconds: time.tv_nsec)
    }

    static func text(seconds: Int, nanoseconds: Int = 0) -> String {
        var parts = tm()
        var seconds = time_t(seconds)
        gmtime_r(&seconds, &parts)
        func digits(_ value: Int, _ count: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        let date = [
            digits(Int(parts.tm_year) + 1900, 4), digits(Int(parts.tm_mon) + 1, 2), digits(Int(parts.tm_mday), 2),
        ]
        let time = [digits(Int(parts.tm_hour), 2), digits(Int(parts.tm_min), 2), digits(Int(parts.tm_sec), 2)]
        return date.joined(separator: "-") + "T" + time.joined(separator: ":") + "." + digits(nanoseconds / 1000, 6)
            + "Z"
    }
}

extension EntryNote {
    /// Seconds since 1970 of a time in RFC 3339; `nil` if it isn't one.
    static func seconds(_ text: String) -> Int64? {
        let digits = Array(text.utf8)
        guard digits.count >= 20, digits[10] == 0x54 || digits[10] == 0x74 else { return nil }
        func number(_ start: Int, _ count: Int) -> Int32? {
            Int32(String(decoding: digits[start..<(start + count)], as: UTF8.self))
        }
        guard let year = number(0, 4), let month = number(5, 2), let day = number(8, 2), let hour = number(11, 2),
            let minute = number(14, 2), let second = number(17, 2)
        else { return nil }
        var parts = tm()
        parts.tm_year = year - 1900
        parts.tm_mon = month - 1
        parts.tm_mday = day
        parts.tm_hour = hour
        parts.tm_min = minute
        parts.tm_sec = second
        var seconds = Int64(timegm(&parts))
        let rest = Array(digits[19...])
        if let sign = rest.firstIndex(where: { $0 == 0x2B || $0 == 0x2D }), rest.count >= sign + 6,
            let hours = Int64(String(decoding: rest[(sign + 1)..<(sign + 3)], as: UTF8.self)),
            let minutes = Int64(String(decoding: rest[(sign + 4)..<(sign + 6)], as: UTF8.self))
        {
            let offset = hours * 3600 + minutes * 60
            seconds += rest[sign] == 0x2B ? -offset : offset
        }
        return seconds
    }
}

/// Tells entries of the index apart: one name may have several, by platform.
struct EntryKey: Hashable {
    let name: String
    let digest: Digest

    init(_ image: StoredImage) {
        name = image.name
        digest = image.manifestDigest
    }

    init(_ entry: Descriptor) {
        name = EntryNote.name(of: entry)
        digest = entry.digest
    }
}
