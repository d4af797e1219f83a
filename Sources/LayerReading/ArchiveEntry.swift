import CArchive
import Erofs

/// What an entry of an archive says, checked against what a file can be.
struct ArchiveEntry {
    let entry: OpaquePointer

    /// The name, valid until the next entry.
    var path: UnsafeRawBufferPointer { Self.bytes(archive_entry_pathname(entry)) }
    var hardLinkTarget: UnsafeRawBufferPointer? { archive_entry_hardlink(entry).map(Self.bytes) }
    var linkTarget: UnsafeRawBufferPointer { Self.bytes(archive_entry_symlink(entry)) }
    var type: FileType { FileType(mode: UInt16(archive_entry_filetype(entry) & 0o170000)) }
    var seconds: Int64 { archive_entry_mtime_is_set(entry) != 0 ? Int64(archive_entry_mtime(entry)) : 0 }

    private static func bytes(_ text: UnsafePointer<CChar>?) -> UnsafeRawBufferPointer {
        guard let text else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        var count = 0
        while text[count] != 0 { count += 1 }
        return UnsafeRawBufferPointer(start: text, count: count)
    }

    func size() throws(LayerError) -> UInt64 {
        let size = archive_entry_size(entry)
        guard size >= 0 else { throw refusal("has a negative size") }
        return UInt64(size)
    }

    /// Type, permissions, owner and time.
    func metadata() throws(LayerError) -> FileMetadata {
        var nanoseconds: UInt32 = 0
        if archive_entry_mtime_is_set(entry) != 0 {
            nanoseconds = UInt32(clamping: archive_entry_mtime_nsec(entry))
            if nanoseconds >= 1_000_000_000 { nanoseconds = 0 }
        }
        return FileMetadata(
            mode: type.rawValue | UInt16(archive_entry_perm(entry) & 0o7777),
            owner: try identity(archive_entry_uid(entry), "owner"),
            group: try identity(archive_entry_gid(entry), "group"), seconds: seconds, nanoseconds: nanoseconds)
    }

    /// The kernel has 32 bits for it, and the last number means none.
    private func identity(_ number: Int64, _ what: String) throws(LayerError) -> UInt32 {
        guard number >= 0, number < Int64(UInt32.max) else { throw refusal("has the \(what) \(number)") }
        return UInt32(number)
    }

    /// A device's number in the kernel's form.
    func device() throws(LayerError) -> UInt32 {
        let (major, minor) = (UInt64(archive_entry_rdevmajor(entry)), UInt64(archive_entry_rdevminor(entry)))
        guard major < 1 << 12, minor < 1 << 20 else { throw refusal("is the device \(major):\(minor)") }
        return UInt32(minor & 0xff | major << 8 | (minor & ~0xff) << 12)
    }

    /// The attributes that a container may see. What is left out would speak to the host: its overlayfs, its security
    /// modules.
    func attributes() throws(LayerError) -> [ExtendedAttribute] {
        guard archive_entry_xattr_reset(entry) > 0 else { return [] }
        var attributes: [ExtendedAttribute] = []
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        while archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK {
            let attribute = ExtendedAttribute(
                name: Array(Self.bytes(name)), value: Array(UnsafeRawBufferPointer(start: value, count: size)))
            // An empty value takes a record back (POSIX, pax), and other engines read it so.
            guard !attribute.value.isEmpty else { continue }
            if try isKept(attribute) { attributes.append(attribute) }
        }
        return attributes
    }

    private func isKept(_ attribute: ExtendedAttribute) throws(LayerError) -> Bool {
        func starts(_ prefix: String) -> Bool { attribute.name.starts(with: prefix.utf8) }
        if starts("user.") {
            return !starts("user.overlay.") && (type == .regular || type == .directory)
        }
        if starts("trusted.") { return !starts("trusted.overlay.") }
        if attribute.name.elementsEqual("security.capability".utf8) {
            guard Self.isCapability(attribute.value) else { throw refusal("has capabilities of an unknown form") }
            return type == .regular
        }
        if starts("system.posix_acl_") {
            guard Self.isAccessList(attribute.value) else { throw refusal("has a broken access control list") }
            return attribute.name.elementsEqual("system.posix_acl_access".utf8)
                ? type != .symbolicLink
                : attribute.name.elementsEqual("system.posix_acl_default".utf8) && type == .directory
        }
        return false
    }

    /// `struct vfs_ns_cap_data`: a revision in the highest byte of the first word says how long it is.
    private static func isCapability(_ value: [UInt8]) -> Bool {
        guard value.count >= 4 else { return false }
        return [1: 12, 2: 20, 3: 24][value[3]] == value.count
    }

    /// Version 2, then entries of eight bytes (`man 5 acl`); the order is the kernel's to check.
    private static func isAccessList(_ value: [UInt8]) -> Bool {
        guard value.count >= 4, value.count % 8 == 4, Array(value[..<4]) == [2, 0, 0, 0] else { return false }
        return stride(from: 4, to: value.count, by: 8).allSatisfy { place in
            [1, 2, 4, 8, 16, 32].contains(value[place]) && value[place + 1] == 0 && value[place + 2] <= 7
                && value[place + 3] == 0
        }
    }

    func refusal(_ reason: String) -> LayerError {
        .entry(name: String(decoding: path.prefix(300), as: UTF8.self), reason: reason)
    }
}
