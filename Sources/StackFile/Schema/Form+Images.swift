import OCI
import StackModel

extension Form where Value == String {
    /// A reference, or a path with a transport.
    static var image: Form {
        Form(.text) { node, place, resolution in
            guard let text = node.string else { return nil }
            do throws(ReferenceError) {
                _ = try ImageSource(parsing: text)
                return text
            } catch {
                resolution.fault(error.description, at: node.mark, place)
                return nil
            }
        }
    }
}

extension Form where Value == PullPolicy {
    /// How old an image may be with `refresh`, another attribute says.
    static var pullPolicy: Form {
        Form(.text(Names.pullPolicyProblem)) { node, place, resolution in
            let text = node.string ?? ""
            if text == "refresh" { return .every(.seconds(86_400)) }
            if let policy = PullPolicy(rawValue: text) { return policy }
            resolution.unsupported(place)
            return nil
        }
    }
}
