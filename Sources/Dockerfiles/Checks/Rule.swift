/// A habit that BuildKit warns of, by its name there.
public enum Rule: String, CaseIterable, Sendable {
    case stageNameCasing = "StageNameCasing"
    case fromAsCasing = "FromAsCasing"
    case noEmptyContinuation = "NoEmptyContinuation"
    case consistentInstructionCasing = "ConsistentInstructionCasing"
    case duplicateStageName = "DuplicateStageName"
    case reservedStageName = "ReservedStageName"
    case jsonArgsRecommended = "JSONArgsRecommended"
    case maintainerDeprecated = "MaintainerDeprecated"
    case undefinedArgInFrom = "UndefinedArgInFrom"
    case workdirRelativePath = "WorkdirRelativePath"
    case undefinedVar = "UndefinedVar"
    case multipleInstructionsDisallowed = "MultipleInstructionsDisallowed"
    case legacyKeyValueFormat = "LegacyKeyValueFormat"
    case invalidBaseImagePlatform = "InvalidBaseImagePlatform"
    case redundantTargetPlatform = "RedundantTargetPlatform"
    case secretsUsedInArgOrEnv = "SecretsUsedInArgOrEnv"
    case invalidDefaultArgInFrom = "InvalidDefaultArgInFrom"
    case fromPlatformFlagConstDisallowed = "FromPlatformFlagConstDisallowed"
    case copyIgnoredFile = "CopyIgnoredFile"
    case invalidDefinitionDescription = "InvalidDefinitionDescription"
    case exposeProtoCasing = "ExposeProtoCasing"
    case exposeInvalidFormat = "ExposeInvalidFormat"

    /// Only checked where a file or a user asks for it.
    var isExperimental: Bool { self == .invalidDefinitionDescription }

    /// What is the matter, in general.
    public var description: String {
        switch self {
        case .stageNameCasing: "Stage names should be lowercase"
        case .fromAsCasing: "The 'as' keyword should match the case of the 'from' keyword"
        case .noEmptyContinuation: "Empty continuation lines will become errors in a future release"
        case .consistentInstructionCasing:
            "All commands within the Dockerfile should use the same casing (either upper or lower)"
        case .duplicateStageName: "Stage names should be unique"
        case .reservedStageName: "Reserved words should not be used as stage names"
        case .jsonArgsRecommended:
            "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals"
        case .maintainerDeprecated:
            "The MAINTAINER instruction is deprecated, use a label instead to define an image author"
        case .undefinedArgInFrom: "FROM command must use declared ARGs"
        case .workdirRelativePath:
            "Relative workdir without an absolute workdir declared within the build can have unexpected results if the base image changes"
        case .undefinedVar: "Variables should be defined before their use"
        case .multipleInstructionsDisallowed:
            "Multiple instructions of the same type should not be used in the same stage"
        case .legacyKeyValueFormat: "Legacy key/value format with whitespace separator should not be used"
        case .invalidBaseImagePlatform: "Base image platform does not match expected target platform"
        case .redundantTargetPlatform:
            "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior"
        case .secretsUsedInArgOrEnv: "Sensitive data should not be used in the ARG or ENV commands"
        case .invalidDefaultArgInFrom: "Default value for global ARG results in an empty or invalid base image name"
        case .fromPlatformFlagConstDisallowed: "FROM --platform flag should not use a constant value"
        case .copyIgnoredFile: "Attempting to Copy file that is excluded by .dockerignore"
        case .invalidDefinitionDescription:
            "Comment for build stage or argument should follow the format: `# <arg/stage name> <description>`"
        case .exposeProtoCasing: "Protocol in EXPOSE instruction should be lowercase"
        case .exposeInvalidFormat: "IP address and host-port mapping should not be used in EXPOSE instruction"
        }
    }
}

/// What a rule found.
public struct CheckWarning: Equatable, Sendable {
    public var rule: Rule
    public var message: String
    public var lines: ClosedRange<Int>
}
