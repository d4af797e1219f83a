import Dockerfiles
import StackModel
import Testing

@testable import Commands

@Suite struct WatchPlanTests {
    private static func place(
        _ service: String, _ path: String, _ action: WatchRule.Action = .sync, target: String? = "/t",
        ignore: [String] = [], include: [String] = [], context: (String, [String])? = nil
    ) throws -> WatchedPlace {
        let rule = WatchRule(
            path: path, action: action, target: target, ignore: ignore, include: include,
            exec: ServiceHook(command: ["reload", "it"]))
        return try WatchedPlace(
            service: service, rule: rule,
            context: context.map { ($0.0, try IgnoreRules(patterns: $0.1)) })
    }

    @Test("Each rule's files bring about what it says, once for all of them")
    func actions() throws {
        let places = [
            try Self.place("web", "/p/src"), try Self.place("web", "/p/src/conf", .syncAndRestart, target: "/etc/c/"),
            try Self.place("web", "/p/lock", .rebuild, target: nil),
            try Self.place("api", "/p/src", .syncAndExec, target: "/app"),
            try Self.place("api", "/p/reload", .restart, target: nil),
        ]
        #expect(WatchPlan(["/p/other", "/p/srcs/x"], places).isEmpty)
        #expect(
            WatchPlan(["/p/src/a", "/p/src/conf/b"], places).description == """
                sync api /p/src/a -> /app/a
                sync api /p/src/conf/b -> /app/conf/b
                sync web /p/src/a -> /t/a
                sync web /p/src/conf/b -> /t/conf/b
                sync web /p/src/conf/b -> /etc/c/b
                restart web
                exec api reload it
                """)
        #expect(WatchPlan(["/p/lock", "/p/reload"], places).description == "rebuild web\nrestart api")
        let root = try #require(WatchPlan(["/p/src"], places).transfers["web"]?.first)
        #expect(root.target == "/t" && root.isRoot, "its removal takes nothing away in the container")
    }

    @Test("What is ignored by the rule, the context, or as an editor's own doesn't count; what is included alone does")
    func patterns() throws {
        let place = try Self.place(
            "web", "/p/src", ignore: ["node_modules/", "*.o"], context: ("/p", ["src/secret", "**/*.log"]))
        let ignored = [
            "node_modules/x/y", "a.o", "secret/key", "deep/x.log", ".git/index", "deep/.git/HEAD", ".a.swp", "b~",
            "4913",
        ]
        for path in ignored { #expect(place.place(of: "/p/src/" + path) == nil, "\(path)") }
        for path in ["deep/a.o", "a", "node_module", "deep/secret"] {
            #expect(place.place(of: "/p/src/" + path) == path)
        }
        #expect(place.passesOver("/p/src/node_modules") && place.passesOver("/p/src/secret"))
        #expect(!place.passesOver("/p/src") && !place.passesOver("/p/src/deep") && place.passesOver("/p/other"))
        let included = try Self.place("web", "/p/src", include: ["**/*.py"])
        #expect(included.place(of: "/p/src/a.txt") == nil && included.place(of: "/p/src/b/a.py") == "b/a.py")
    }
}
