import Diagnostics
import StackModel

/// The completed tree on its way to values: what its fields are bound to gets what it says.
///
/// What a start would stumble over, and Compose's `config` takes, is found on the way: it is told all at once and with
/// its place, before anything has been made.
struct Resolution {
    let project: Project
    private(set) var findings: Findings
    /// What the file defines for services that are granted it, by the key in the file.
    var secrets: [String: FileGrant.Content] = [:]
    var configs: [String: FileGrant.Content] = [:]

    static func stack(of project: Project, _ findings: inout Findings) -> Stack {
        var resolution = Resolution(project: project, findings: findings)
        var stack = Stack(
            name: project.name, workingDirectory: project.location.directory,
            files: project.location.files, disabledServices: project.disabled)
        let top = Place(path: Path(), keyMark: project.tree.mark)
        ProjectFields.fields.bind(project.tree, top, to: &stack, &resolution)
        // Docker's own default bridge has no names; the stack's serves in its place.
        if stack.networks["default"] == nil, stack.services.values.contains(where: usesDefault) {
            stack.networks["default"] = StackNetwork(name: "\(project.name)_default")
        }
        findings = resolution.findings
        return stack
    }

    private static func usesDefault(_ service: Service) -> Bool { service.container.networks["default"] != nil }

    /// What no start could carry out.
    mutating func fault(
        _ message: @autoclosure () -> String, at mark: Mark, _ place: Place,
        suggestion: @autoclosure () -> String? = nil
    ) {
        findings.fault(message(), at: mark, place.path, suggestion: suggestion())
    }

    mutating func warning(_ message: @autoclosure () -> String, at mark: Mark, _ place: Place) {
        findings.warning(message(), at: mark, place.path)
    }

    mutating func unsupported(_ place: Place) { findings.warnUnsupported(place.keyMark, place.path) }
}
