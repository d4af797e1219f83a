import Diagnostics
import OCI

/// The arguments before the first stage, with those that every build has.
struct GlobalArguments {
    private(set) var variables = Variables()
    /// The names that the file itself declares.
    private(set) var declared: Set<String> = []

    /// - Parameter given: `nil` to see what the defaults alone come to.
    init(
        _ file: Dockerfile, _ options: BuildOptions, targetName: String, given: [String: String]?
    ) throws(DockerfileError) {
        for (name, value) in Self.predefined(options, targetName) {
            variables[name] = options.arguments[name] ?? value
        }
        let expander = WordExpander(escape: file.directives.escape)
        for instruction in file.arguments {
            guard case .arg(let arguments) = instruction.kind else { continue }
            for argument in arguments {
                declared.insert(argument.name)
                let known = variables
                let value = try place(instruction.lines) { () throws(DockerfileError) -> String? in
                    if let value = given?[argument.name] { return value }
                    guard let value = argument.value else { return nil }
                    return try expander.expand(value) { known[$0] }
                }
                if let value { variables[argument.name] = value }
            }
        }
    }

    private static func predefined(_ options: BuildOptions, _ targetName: String) -> [(String, String)] {
        let (build, target) = (options.host, options.platform ?? options.host)
        return [
            ("BUILDPLATFORM", build.description), ("BUILDOS", build.os), ("BUILDOSVERSION", ""),
            ("BUILDARCH", build.architecture), ("BUILDVARIANT", build.variant ?? ""),
            ("TARGETPLATFORM", target.description), ("TARGETOS", target.os), ("TARGETOSVERSION", ""),
            ("TARGETARCH", target.architecture), ("TARGETVARIANT", target.variant ?? ""),
            ("TARGETSTAGE", targetName.isEmpty ? "default" : targetName),
        ]
    }
}
