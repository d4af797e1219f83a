public import Diagnostics

/// One place in a file of the stack where a variable is put in.
public struct VariableUse: Sendable, Equatable {
    /// What stands between the name and the text after it (Compose specification, "Interpolation").
    public enum Operator: String, Sendable {
        /// `$NAME` or `${NAME}`.
        case none = ""
        case defaultWhenEmpty = ":-"
        case defaultWhenUnset = "-"
        case alternativeWhenFilled = ":+"
        case alternativeWhenSet = "+"
        case requiredFilled = ":?"
        case requiredSet = "?"

        public var isDefault: Bool { self == .defaultWhenEmpty || self == .defaultWhenUnset }
        public var isAlternative: Bool { self == .alternativeWhenFilled || self == .alternativeWhenSet }
        public var isRequired: Bool { self == .requiredFilled || self == .requiredSet }
    }

    public var name: String
    public var `operator`: Operator
    /// The default, the alternative or the message, as it is written; empty without an operator.
    ///
    /// A variable in it is a use of its own, after this one.
    public var operand: String
    /// The whole text that the variable stands in, as it is written.
    public var text: String
    /// Where that text begins.
    public var position: Position?
    /// The place in the tree: `services.web.image`.
    public var path: String
    /// What the expression gave; empty where the variable isn't set and there is no default.
    public var value: String
    /// `false`: it stands in a default or an alternative that wasn't needed.
    public var isReached: Bool
    /// Where the value came from.
    public var source: VariableSource
    /// The sources that also have the variable and lost, the strongest first.
    public var shadowed: [VariableSource]
}

/// Something that gives a variable a value.
public struct VariableSource: Sendable, Equatable {
    public enum Kind: String, Sendable {
        /// The environment that the program was started in.
        case shell
        /// `.env`, or a file of `--env-file` or `COMPOSE_ENV_FILES`.
        case environmentFile = "env-file"
        /// The loader itself: `COMPOSE_PROJECT_NAME`.
        case project
        /// The default in the stack file: `${NAME:-default}`.
        case defaultText = "default"
        /// The alternative in the stack file: `${NAME:+alternative}`.
        case alternativeText = "alternative"
        /// An `env_file` of a service.
        case serviceFile = "env_file"
        /// An entry of a service's `environment`.
        case entry = "environment"
        /// Nothing: the variable isn't set.
        case unset
    }

    public var kind: Kind
    /// The value that it has there; `nil` where there is none.
    public var value: String?
    /// The file and the line, where it is one.
    public var position: Position?

    public init(kind: Kind, value: String? = nil, position: Position? = nil) {
        self.kind = kind
        self.value = value
        self.position = position
    }
}

/// A variable of a service's containers, and where it came from.
public struct ContainerVariable: Sendable, Equatable {
    public var service: String
    public var name: String
    /// `nil`: named without a value, and none was found.
    public var value: String?
    public var source: VariableSource
    /// The sources that also have it and lost, the strongest first.
    public var shadowed: [VariableSource]
}
