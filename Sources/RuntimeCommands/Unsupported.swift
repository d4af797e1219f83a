import FoundationEssentials
import Kernel
import OCI
import Sandboxes

/// What a bundle may ask for and doesn't get: it is refused by its name, because a container without it would be
/// another one than was asked for.
enum Unsupported {
    static func check(_ configuration: RuntimeConfiguration, _ text: [UInt8]) throws {
        let linux = configuration.linux
        try checkUsers(linux)
        if !(linux.seccomp?.listenerPath ?? "").isEmpty || !(linux.seccomp?.listenerMetadata ?? "").isEmpty {
            throw RuntimeFailure("seccomp's listener is not supported yet (linux.seccomp.listenerPath)")
        }
        if !(linux.mountLabel ?? "").isEmpty { throw RuntimeFailure("linux.mountLabel is not supported yet") }
        try checkLabels(of: configuration.process)
        for mount in configuration.mounts {
            let options = MountOptions(mount.options ?? [])
            guard options.mapping == nil else {
                throw RuntimeFailure(
                    "the option \(options.mapping ?? "") of the mount on \(mount.destination) is not supported yet")
            }
        }
        try checkOthers(text)
    }

    static func checkUsers(_ linux: RuntimeConfiguration.Linux) throws {
        if linux.namespaces.contains(where: { $0.type == "user" && $0.path != nil }) {
            throw RuntimeFailure("to join a user namespace is not supported yet (linux.namespaces)")
        }
        let mapped = [("uidMappings", linux.uidMappings), ("gidMappings", linux.gidMappings)]
        for (name, mappings) in mapped where (mappings ?? []).isEmpty == linux.hasOwnUsers {
            throw RuntimeFailure(
                linux.hasOwnUsers
                    ? "a new user namespace needs linux.\(name)"
                    : "linux.\(name) needs a user namespace, which the bundle doesn't have")
        }
    }

    /// Labels need the security module that knows them.
    static func checkLabels(of process: RuntimeConfiguration.Process) throws {
        if let profile = process.apparmorProfile, !profile.isEmpty, !hasAppArmor {
            throw RuntimeFailure("process.apparmorProfile is \"\(profile)\", but this kernel runs without AppArmor")
        }
        if let label = process.selinuxLabel, !label.isEmpty, !hasSELinux {
            throw RuntimeFailure("process.selinuxLabel is \"\(label)\", but this kernel runs without SELinux")
        }
    }

    static var hasAppArmor: Bool {
        // `try?`: without the file there is no such module.
        (try? Files.readText("/sys/module/apparmor/parameters/enabled"))?.first == "Y"
    }

    static var hasSELinux: Bool { Files.exists("/sys/fs/selinux/enforce") }

    /// Fields that ``RuntimeConfiguration`` doesn't have.
    private static func checkOthers(_ text: [UInt8]) throws {
        let others = try JSONDecoder().decode(Others.self, from: Data(text))
        if let name = others.linux?.present.first { throw RuntimeFailure("linux.\(name) is not supported yet") }
        for mount in others.mounts ?? [] {
            guard let name = mount.present.first else { continue }
            throw RuntimeFailure("\(name) of the mount on \(mount.destination ?? "") are not supported yet")
        }
    }

    private struct Others: Decodable {
        var linux: Linux?
        var mounts: [Mount]?
    }

    private struct Linux: Decodable {
        var intelRdt: Anything?
        var memoryPolicy: Anything?
        var netDevices: [String: Anything]?

        var present: [String] {
            [
                intelRdt.map { _ in "intelRdt" }, memoryPolicy.map { _ in "memoryPolicy" },
                netDevices?.isEmpty ?? true ? nil : "netDevices",
            ].compactMap(\.self)
        }
    }

    private struct Mount: Decodable {
        var destination: String?
        var uidMappings: [Anything]?
        var gidMappings: [Anything]?

        var present: [String] {
            [("uidMappings", uidMappings), ("gidMappings", gidMappings)].filter { !($0.1 ?? []).isEmpty }.map { $0.0 }
        }
    }

    /// It matters that it is there, not what it is.
    private struct Anything: Decodable { init(from decoder: any Decoder) {} }
}
