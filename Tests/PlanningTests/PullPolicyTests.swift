import Planning
import StackModel
import Testing

struct PullPolicyTests {
    @Test(
        arguments: [
            ("always", PullPolicy.always), ("missing", .missing), ("if_not_present", .missing), ("never", .never),
            ("build", .build), ("daily", .daily), ("weekly", .weekly), ("every_12h", .every(.seconds(43_200))),
            ("every_1w2d3h4m5.5s", .every(TimeSpan(nanoseconds: 788_645_500_000_000))), ("every_", nil),
            ("every_5", nil),
            ("every_h", nil), ("every_1y", nil), ("sometimes", nil), ("every_99999999999w", nil),
        ] as [(String, PullPolicy?)])
    func words(_ text: String, _ policy: PullPolicy?) {
        #expect(PullPolicy(rawValue: text) == policy)
        if let policy { #expect(PullPolicy(rawValue: policy.rawValue) == policy) }
    }

    private func pulls(_ policy: PullPolicy, age: TimeSpan?, isThere: Bool = true) throws -> Bool {
        let stack = Stack(
            name: "demo", workingDirectory: "/",
            services: ["a": Service(name: "a", image: "a", platform: "linux/arm64", pullPolicy: policy)])
        let images = isThere ? ["a linux/arm64": ObservedImage(stored: "sha256:a", age: age)] : [:]
        let plan = try Plan.pull(stack, images: images)
        let wanted = plan.text.contains("pull a for linux/arm64")
        #expect(plan.isEmpty != wanted)
        return wanted
    }

    @Test(
        arguments: [
            (PullPolicy.missing, nil, false), (.missing, .seconds(1 << 30), false), (.never, nil, false),
            (.always, .seconds(0), true), (.daily, nil, true), (.daily, .seconds(86_399), false),
            (.daily, .seconds(86_400), true), (.weekly, .seconds(604_799), false), (.weekly, .seconds(604_800), true),
            (.every(.seconds(60)), .seconds(61), true), (.every(.seconds(60)), .seconds(59), false),
        ] as [(PullPolicy, TimeSpan?, Bool)])
    func anImageThatIsThereIsLookedUpAgainByItsAge(_ policy: PullPolicy, _ age: TimeSpan?, _ expected: Bool) throws {
        #expect(try pulls(policy, age: age) == expected)
    }

    @Test func aMissingImageIsPulledUnlessThePolicyForbids() throws {
        for policy in [PullPolicy.missing, .always, .daily, .weekly, .every(.seconds(60))] {
            #expect(try pulls(policy, age: nil, isThere: false))
        }
        #expect(try !pulls(.never, age: nil, isThere: false))
    }
}
