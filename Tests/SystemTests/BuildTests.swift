import Glibc
import Testing

@Suite("Building images", .asRoot, .reported)
struct BuildTests {
    static let compose = """
        services:
          web:
            build: {context: app, args: {GREETING: hello}}
            command: [sleep, "1000000"]
        """

    static let dockerfile = """
        ARG BASE=\(busybox())
        FROM ${BASE} AS build
        ARG GREETING
        WORKDIR /src
        COPY *.txt ./
        RUN echo "$GREETING" > greeting && cat a.txt >> greeting && rm -f /bin/cal
        RUN <<EOF
        echo heredoc >> greeting
        EOF

        FROM ${BASE}
        COPY --from=build --chown=12:34 --chmod=640 /src/greeting /out/result
        RUN --mount=type=cache,target=/cache echo once >> /cache/log && wc -l < /cache/log > /count
        ENV WHERE=inside
        """

    @Test("Up builds what is missing, and what the steps wrote is in the containers")
    func up() async throws {
        try await onHost { host in
            try host.write("app/Dockerfile", Self.dockerfile)
            try host.write("app/a.txt", "A\n")
            try await host.up(compose: Self.compose)
            #expect(
                try await host.inside("web", "cat /out/result; stat -c '%u:%g %a' /out/result")
                    == "hello\nA\nheredoc\n12:34 640")
            #expect(
                try await host.inside("web", "echo $WHERE; cat /count; ls -d /cache 2>/dev/null || echo none")
                    == "inside\n1\nnone")
        }
    }

    @Test("A second build does nothing again and has the same image; a changed file only what follows from it")
    func cache() async throws {
        try await onHost { host in
            try host.write("app/Dockerfile", Self.dockerfile)
            try host.write("app/a.txt", "A\n")
            try host.compose(Self.compose)
            let first = try await host.roost("build")
            #expect(first.text.contains("RUN echo"), "\(first)")
            let second = try await host.roost("build")
            #expect(!second.text.contains("heredoc >> greeting\n"))
            #expect(second.text.components("CACHED") >= 8, "\(second)")
            #expect(first.image == second.image)
            try host.write("app/a.txt", "B\n")
            let third = try await host.roost("build")
            #expect(third.text.components("CACHED") == 3, "\(third)")
            #expect(third.image != first.image)
        }
    }

    @Test("A step that fails is shown with its lines and its output, and leaves nothing")
    func failure() async throws {
        try await onHost { host in
            try host.write("app/Dockerfile", "FROM \(busybox())\nRUN echo to be seen && false\n")
            try host.compose(Self.compose)
            let outcome = try await host.roost("build").ends(with: 1)
            outcome.says("to be seen")
            outcome.says("exit code: 1")
            outcome.says("2 | >>> RUN echo to be seen && false")
        }
    }

    @Test("What would be built is told, and not built; a plan wants the images first")
    func dryRun() async throws {
        try await onHost { host in
            try host.write("app/Dockerfile", "FROM \(busybox())\nRUN true\n")
            try host.compose(Self.compose)
            let dry = try await host.roost("up", "-d", "--dry-run").ends(with: 0)
            dry.says("build image \(host.name)-web for web: missing")
            try await host.roost("plan").ends(with: 1).says("`roost build` makes them")
            #expect(try await host.roost("image", "ls", "-q").output.isEmpty)
            _ = try await host.roost("build").ends(with: 0)
            try await host.roost("up", "-d", "--dry-run").ends(with: 0).says("web")
        }
    }

    @Test("A Dockerfile that can't be read says where")
    func syntax() async throws {
        try await onHost { host in
            try host.write("app/Dockerfile", "FROM \(busybox())\nRUM echo\n")
            try host.compose(Self.compose)
            let outcome = try await host.roost("build").ends(with: 1)
            outcome.says("Dockerfile:2: unknown instruction: RUM; did you mean \"RUN\"?")
        }
    }
}

extension Outcome {
    /// The image that a build has written.
    fileprivate var image: String? {
        text.split(separator: "\n").last { $0.contains("writing image") }.map(String.init)
    }
}

extension String {
    fileprivate func components(_ word: String) -> Int {
        split(separator: word, omittingEmptySubsequences: false).count - 1
    }
}

@Suite("Commands that only tell what they would do", .asRoot, .reported)
struct DryRunTests {
    @Test("pull, push, build, exec and create say what they would do and do nothing")
    func tellsOnly() async throws {
        try await onHost { host in
            try host.write("Dockerfile", "FROM \(busybox())\nRUN touch /built\n")
            try host.compose(
                """
                services:
                  built: {build: ., image: "localhost:1/built", command: [sleep, "1000000"]}
                  other: {image: \(busybox()), command: [sleep, "1000000"]}
                """)
            let build = try await host.roost("build", "--dry-run", "--push").succeeds()
            #expect(build.errors.contains("DRY-RUN MODE -  Image localhost:1/built Building"))
            #expect(build.errors.contains(" Pushing"))
            #expect(try await host.roost("pull", "--dry-run", "other").succeeds().errors.contains("Pulling"))
            #expect(try await host.roost("--dry-run", "push").succeeds().errors.contains(" Pushing"))
            #expect(!(try await host.roost("images", "-q").succeeds().output.contains("built")))
            try await host.roost("create", "--build", "built").succeeds()
            try await host.up("other")
            let exec = try await host.roost("exec", "--dry-run", "-T", "other", "touch", "/there").succeeds()
            #expect(exec.errors.contains("Executing touch /there"))
            #expect(try await host.inside("other", "ls /there 2>/dev/null || echo nothing") == "nothing")
            let run = try await host.roost("run", "--build", "--rm", "-T", "built", "ls", "/built").succeeds()
            #expect(run.output == "/built\n")
        }
    }
}
