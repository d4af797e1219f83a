public import Cgroups
public import ControlAPI
import OCI
import Sandboxes
import StableHashing

/// Where containers' control groups are, below the root of each hierarchy. Instances with other places on disk have
/// other parents, so that none takes another's containers for its own.
public struct ContainerCgroups: Sendable {
    let compiler: CgroupCompiler
    private let parent: String

    public init(_ locations: Locations) throws {
        compiler = CgroupCompiler(try CgroupHierarchies.survey())
        parent = Self.parent(locations)
    }

    private static func parent(_ locations: Locations) -> String {
        locations.runRoot == "/run/roost"
            ? "roost" : "roost-" + hexadecimal(StableHash(locations.runRoot).value, digits: 8)
    }

    /// That of the supervisor and the shims, beside the containers'.
    public static func own(_ locations: Locations) -> OwnCgroup { OwnCgroup(parent: parent(locations)) }

    func path(_ id: String) -> String { parent + "/" + id }

    /// The group of a container, made or not.
    func existing(_ id: String) throws -> Cgroup { try compiler.host.existing(path(id)) }

    /// Puts limits on a container that runs.
    func update(_ id: String, _ resources: RuntimeConfiguration.Resources) throws {
        try existing(id).update(try compiler.update(path(id), resources))
    }
}
