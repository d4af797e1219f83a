import Testing

@testable import Dockerfiles

@Suite("Habits that BuildKit warns of")
struct CheckTests {
    @Test(
        "Each rule finds what it is about",
        arguments: [
            ("FROM a AS Build\n", "StageNameCasing", 1), ("FROM a as b\n", "FromAsCasing", 1),
            ("FROM a\nRUN x \\\n\n y\n", "NoEmptyContinuation", 4),
            ("FROM a\nRun x\n", "ConsistentInstructionCasing", 2),
            ("FROM a AS b\nFROM a AS b\n", "DuplicateStageName", 2), ("FROM a AS scratch\n", "ReservedStageName", 1),
            ("FROM a\nCMD x\n", "JSONArgsRecommended", 2), ("FROM a\nMAINTAINER x\n", "MaintainerDeprecated", 2),
            ("FROM a:${VERSION:-1}\n", "UndefinedArgInFrom", 1), ("FROM a\nWORKDIR x\n", "WorkdirRelativePath", 2),
            ("FROM a\nENV A=$B\n", "UndefinedVar", 2),
            ("FROM a\nCMD [\"a\"]\nCMD [\"b\"]\n", "MultipleInstructionsDisallowed", 2),
            ("FROM a\nENV A b\n", "LegacyKeyValueFormat", 2),
            ("FROM --platform=linux/arm64 a\n", "InvalidBaseImagePlatform", 1),
            ("FROM --platform=$TARGETPLATFORM a\n", "RedundantTargetPlatform", 1),
            ("FROM a\nARG MY_TOKEN\n", "SecretsUsedInArgOrEnv", 2),
            ("ARG V\nFROM a:$V\n", "InvalidDefaultArgInFrom", 2),
            ("FROM --platform=linux/amd64 a\n", "FromPlatformFlagConstDisallowed", 1),
            ("FROM a\nCOPY secret.txt /\n", "CopyIgnoredFile", 2),
            ("# check=experimental=all\n# about it\nFROM a AS b\n", "InvalidDefinitionDescription", 3),
            ("FROM a\nEXPOSE 80/TCP\n", "ExposeProtoCasing", 2), ("FROM a\nEXPOSE 80:80\n", "ExposeInvalidFormat", 2),
        ])
    func rules(text: String, rule: String, line: Int) throws {
        let program = try PlanTests.plan(text) { options in
            // A value for what has none.
            options.arguments = ["V": "1"]
            options.ignoring = (try? IgnoreRules(patterns: ["secret.txt"])) ?? IgnoreRules()
        }
        #expect(program.warnings.map(\.rule.rawValue).contains(rule), "\(program.warnings)")
        #expect(program.warnings.first { $0.rule.rawValue == rule }?.lines.lowerBound == line)
    }

    @Test("A file says which rules count for it, and a comment which for one instruction")
    func options() throws {
        #expect(try PlanTests.plan("# check=skip=JSONArgsRecommended\nFROM a\nCMD x\n").warnings.isEmpty)
        #expect(try PlanTests.plan("FROM a\n# check=skip=all\nCMD x\n").warnings.isEmpty)
        #expect(try PlanTests.plan("# check=error=true\nFROM a\nCMD x\n").isStrict)
        #expect(try PlanTests.plan("# check=error=true\nFROM a\nCMD [\"x\"]\n").isStrict == false)
    }
}
