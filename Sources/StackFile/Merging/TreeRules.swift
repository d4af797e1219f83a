/// How the trees of documents are brought into one form and combined.
struct TreeRules: Sendable {
    var project: @Sendable (Node, inout Findings) -> Node?
    var service: @Sendable (Node, Path, inout Findings) -> Node?
    var mergeProjects: @Sendable (Node, Node) -> Node
    var mergeServices: @Sendable (Node, Node) -> Node

    /// Typed, in the canonical form of each attribute.
    static let canonical = TreeRules(
        project: { ProjectFields.shape.read($0, Path(), &$1) },
        service: { ServiceFields.shape.read($0, $1, &$2) },
        mergeProjects: { Merging.merge($0, $1, ProjectFields.shape) },
        mergeServices: { Merging.merge($0, $1, ServiceFields.shape) })

    /// As written, for `--no-interpolate`: a variable may stand where a number belongs.
    static let written = TreeRules(
        project: { WrittenForms.project($0, &$1) },
        service: { node, _, _ in WrittenForms.service(node) },
        mergeProjects: { WrittenMerge.merge($0, $1) },
        mergeServices: { WrittenMerge.merge($0, $1, ["services", "*"]) })
}
