import ControlAPI
import Glibc
import Kernel
import OCI
import StackModel
import Volumes

/// Where a container's volumes, binds, secrets and configs are on the host.
struct MountResolver {
    let locations: Locations
    let volumes: VolumeStore

    /// The mounts of a start, in the file's order.
    ///
    /// - Parameter others: the containers whose volumes it sees too. What it says itself comes before those, and those
    ///   before what only its image says.
    func mounts(
        of record: ContainerRecord, seeing others: [(record: ContainerRecord, readOnly: Bool)] = []
    ) async throws -> [RuntimeConfiguration.Mount] {
        var mounts = try ownMounts(of: record, options: record)
        var taken = Set(record.settings.volumes.map(\.target))
        for (other, isReadOnly) in others {
            for mount in try ownMounts(of: other, options: record) where taken.insert(mount.destination).inserted {
                var seen = mount
                if isReadOnly { seen.options = (mount.options ?? []).filter { $0 != "rw" && $0 != "ro" } + ["ro"] }
                mounts.removeAll { $0.destination == mount.destination }
                mounts.append(seen)
            }
        }
        return mounts + (try grants(of: record))
    }

    /// - Parameter user: whose rights count.
    private func ownMounts(
        of record: ContainerRecord, options user: ContainerRecord
    ) throws -> [RuntimeConfiguration.Mount] {
        var mounts: [RuntimeConfiguration.Mount] = []
        for mount in record.settings.volumes where mount.source != .anonymous {
            // File systems in memory are each container's own.
            if case .tmpfs = mount.source, record.id != user.id { continue }
            mounts.append(try self.mount(mount, of: record, options: options(user, readOnly: mount.readOnly)))
        }
        for (target, name) in record.anonymousVolumes.sorted(by: { $0.key < $1.key }) {
            let isReadOnly = record.isReadOnly(anonymousVolumeAt: target)
            mounts.append(try volume(name, target: target, options: options(user, readOnly: isReadOnly)))
        }
        return mounts
    }

    private func mount(
        _ mount: VolumeMount, of record: ContainerRecord, options: [String]
    ) throws -> RuntimeConfiguration.Mount {
        switch mount.source {
        case .named(let key):
            return try volume(
                record.volumes[key]?.name ?? key, target: mount.target, subpath: mount.subpath, options: options)
        case .anonymous:
            throw ContainerError("\(mount.target): an anonymous volume has no name")
        case .bind(let path, let create, let propagation):
            try checkBind(path, create: create, record)
            return RuntimeConfiguration.Mount(
                destination: mount.target, type: "bind", source: path,
                options: ["rbind"] + options + (propagation.map { [$0] } ?? []))
        case .tmpfs(let size, let mode):
            var own = ["nosuid", "nodev", "noexec"] + mount.options
            if let size { own.append("size=\(size)") }
            own.append("mode=\(String(mode ?? 0o1777, radix: 8))")
            if mount.readOnly { own.append("ro") }
            return RuntimeConfiguration.Mount(
                destination: mount.target, type: "tmpfs", source: "tmpfs", options: own)
        }
    }

    /// What an unprivileged container makes in a volume must not become a way to the host's devices.
    private func options(_ record: ContainerRecord, readOnly: Bool) -> [String] {
        (record.settings.privileged ? [] : ["nodev"]) + [readOnly ? "ro" : "rw"]
    }

    private func volume(
        _ name: String, target: String, subpath: String? = nil, options: [String]
    ) throws -> RuntimeConfiguration.Mount {
        let volume = try volumes.inspect(name)
        var source = volume.path
        if let subpath, !subpath.isEmpty {
            source += "/" + subpath
            try Self.check(subpath, in: volume)
        }
        return RuntimeConfiguration.Mount(
            destination: target, type: "bind", source: source, options: ["rbind"] + options)
    }

    /// The volumes of which only a part is mounted: other containers decide what is on the way to it.
    func sharedSources(of record: ContainerRecord) throws -> [String] {
        try record.settings.volumes.compactMap { mount in
            guard case .named(let key) = mount.source, mount.subpath?.isEmpty == false else { return nil }
            return try volumes.inspect(record.volumes[key]?.name ?? key).path
        }
    }

    /// For the message alone: when the part is mounted, the way to it is walked again, and held.
    private static func check(_ subpath: String, in volume: Volume) throws {
        let name = volume.record.name
        let isThere: Bool
        do throws(KernelError) {
            isThere = try Files.exists(subpath, beneath: volume.path)
        } catch {
            guard error.errno == EXDEV || error.errno == ELOOP else { throw error }
            throw ContainerError("volume \(name): the subpath \"\(subpath)\" leads out of the volume; change it")
        }
        if isThere { return }
        throw ContainerError("volume \(name) has no directory \"\(subpath)\"; make it or change the subpath")
    }

    private func checkBind(_ path: String, create: Bool, _ record: ContainerRecord) throws {
        if Files.exists(path) { return }
        guard create else {
            throw ContainerError(
                "service \"\(record.service)\": bind source path does not exist: \(path); make it, or let "
                    + "`bind.create_host_path: true` do so")
        }
        try Files.makeDirectories(path)
    }

    // MARK: Secrets and configs

    /// Writes the granted files where a reboot forgets them, and binds each into the container.
    private func grants(of record: ContainerRecord) throws -> [RuntimeConfiguration.Mount] {
        let directory = locations.containerRunDirectory(record.id) + "/grants"
        let grants = record.settings.secrets + record.settings.configs
        if grants.isEmpty { return [] }
        try Files.makeDirectories(directory, mode: 0o700)
        return try grants.enumerated().map { index, grant in
            let path: String
            if let source = Self.boundSource(of: grant) {
                path = source
                try Self.check(source, of: grant, record)
            } else {
                path = "\(directory)/\(index)"
                try write(grant, to: path, record)
            }
            return RuntimeConfiguration.Mount(
                destination: grant.target, type: "bind", source: path, options: ["bind", "ro", "nodev"])
        }
    }

    /// The file itself, so that what is edited is seen at once, unless the container is to see it with another owner or
    /// mode.
    private static func boundSource(of grant: FileGrant) -> String? {
        guard case .file(let path) = grant.content, grant.uid == nil, grant.gid == nil, grant.mode == nil else {
            return nil
        }
        return path
    }

    private static func check(_ path: String, of grant: FileGrant, _ record: ContainerRecord) throws {
        guard !Files.exists(path) else { return }
        throw ContainerError("service \"\(record.service)\": \(grant.source): bind source path does not exist: \(path)")
    }

    private func write(_ grant: FileGrant, to path: String, _ record: ContainerRecord) throws {
        let content: [UInt8]
        switch grant.content {
        case .inline(let text): content = Array(text.utf8)
        case .file(let source):
            do {
                content = try Files.read(source)
            } catch {
                throw ContainerError("service \"\(record.service)\": \(grant.source): \(source): \(error.reason)")
            }
        }
        try Files.replace(path, with: content, mode: 0o600)
        guard chown(path, grant.uid?.number ?? 0, grant.gid?.number ?? 0) == 0,
            chmod(path, mode_t(grant.mode ?? 0o444)) == 0
        else { throw KernelError("set the owner of", path, errno: errno) }
    }
}
