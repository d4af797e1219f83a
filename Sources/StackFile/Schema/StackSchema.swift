/// What a stack file may say, as the loader knows it: for the schema for editors, which must say the same.
public enum StackSchema {
    /// One key of the specification.
    public struct Key: Sendable, Hashable {
        /// `services.*.ports[].target`: a star stands for a free key, brackets for the items of a list.
        public var path: String
        /// One sentence for people.
        public var about: String
        /// Whether an object without it is an error.
        public var isRequired: Bool
    }

    /// Every key of the tables, an object's before those inside it.
    public static let keys: [Key] = {
        var keys: [Key] = []
        collect(ProjectFields.shape, "", &keys)
        return keys
    }()

    private static func collect(_ shape: Shape, _ path: String, _ keys: inout [Key]) {
        switch shape.parts {
        case .none: return
        case .values(let inner): collect(inner, path + ".*", &keys)
        case .items(let inner): collect(inner, path + "[]", &keys)
        case .fields(let fields):
            for field in fields.all {
                let own = path.isEmpty ? field.key : path + "." + field.key
                keys.append(Key(path: own, about: field.about, isRequired: fields.required.contains(field.key)))
                collect(field.shape, own, &keys)
            }
        }
    }
}
