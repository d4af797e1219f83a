import OCI
import Testing

@testable import Dockerfiles

@Suite("A Dockerfile becomes a program")
struct PlanTests {
    static let base = KnownImage(
        id: .sha256(of: Array("base".utf8)),
        configuration: ImageConfiguration(
            platform: Platform(os: "linux", architecture: "amd64"),
            config: ContainerDefaults(
                environment: ["PATH=/bin", "LANG=C"], command: ["sh"], workingDirectory: "/home")))

    /// The program's text, with the same image behind every name.
    static func plan(
        _ text: String, _ change: (inout BuildOptions) -> Void = { _ in }, base: KnownImage = base
    ) throws -> BuildProgram {
        var options = BuildOptions(host: Platform(os: "linux", architecture: "amd64"))
        change(&options)
        var images: [BaseImage: KnownImage] = [:]
        for _ in 0..<10 {
            switch try BuildPlanner.plan(Dockerfile(text), options, images: images) {
            case .program(let program): return program
            case .needs(let needed): for image in needed { images[image] = base }
            }
        }
        throw DockerfileError("the planner doesn't come to an end")
    }

    @Test("Stages that nobody needs don't appear, and steps say everything that they depend on")
    func stages() throws {
        let program = try Self.plan(
            """
            ARG VERSION=1
            FROM base:$VERSION AS build
            ARG GREETING=hi
            ENV WHO=world
            WORKDIR src
            COPY --chown=1:2 *.c Makefile ./
            RUN make "$WHO"

            FROM base AS unused
            RUN false

            FROM scratch
            COPY --from=build /home/src/out /out
            ENTRYPOINT ["/out"]
            """
        ) { $0.arguments = ["GREETING": "hello", "http_proxy": "http://proxy"] }
        #expect(
            program.description == """
                stage 0 build: image base:1
                  [build 2/4] WORKDIR src
                    directory "/home/src"
                  [build 3/4] COPY --chown=1:2 *.c Makefile ./
                    copy from context to "/home/src/"
                    path "*.c"
                    path "Makefile"
                    owner "1:2"
                  [build 4/4] RUN make "world"
                    run "/bin/sh" "-c" "make \\"$WHO\\""
                    environment "PATH=/bin"
                    environment "LANG=C"
                    environment "GREETING=hello"
                    environment "WHO=world"
                    directory "/home/src"
                  history: "ARG GREETING=hello"
                  history: "ENV WHO=world"
                  history: layer "WORKDIR /home/src"
                  history: layer "COPY --chown=1:2 *.c Makefile ./ # buildkit"
                  history: layer "RUN |1 GREETING=hello /bin/sh -c make \\"$WHO\\" # buildkit"
                stage 1 stage-2 (target): scratch
                  [stage-2 1/1] COPY --from=build /home/src/out /out
                    copy from stage 0 to "/out"
                    path "/home/src/out"
                  history: layer "COPY /home/src/out /out # buildkit"
                  history: "ENTRYPOINT [\\"/out\\"]"
                warning: WorkdirRelativePath: Relative workdir "src" can have unexpected results if the base image changes (line 5)

                """)
    }

    @Test("What a base wants done first is done first, and not again on top")
    func triggers() throws {
        let program = try Self.plan(
            """
            FROM scratch AS base
            ONBUILD ENV A=1
            ONBUILD COPY <<EOF /x
            text
            EOF
            FROM base AS middle
            FROM middle
            ENV B=$A
            """)
        #expect(program.stages.map(\.steps.count) == [0, 1, 0])
        #expect(program.stages[1].steps[0].title == "[middle 1/1] ONBUILD COPY <<EOF /x")
        #expect(program.stages[0].configuration.config.onBuild?.count == 2)
        #expect(program.stages[2].configuration.config.onBuild == nil)
        #expect(program.stages[2].configuration.config.environment.suffix(2) == ["A=1", "B=1"])
    }

    @Test("The image's configuration is what BuildKit makes of the instructions")
    func configuration() throws {
        let program = try Self.plan(
            """
            FROM base
            ENV LANG=de_DE X="a b"
            LABEL a=b c="d e"
            EXPOSE 80 53/udp 8000-8001
            VOLUME ["/data"]
            USER app:app
            STOPSIGNAL SIGQUIT
            SHELL ["/bin/bash", "-c"]
            HEALTHCHECK --interval=90s --retries=2 CMD curl localhost
            ENTRYPOINT exec "$X"
            """)
        let stage = program.stages[0]
        let config = stage.configuration.config
        #expect(config.environment == ["PATH=/bin", "LANG=de_DE", "X=a b"])
        #expect(config.exposedPorts == ["53/udp", "80/tcp", "8000/tcp", "8001/tcp"])
        #expect(config.entrypoint == ["/bin/bash", "-c", "exec \"$X\""])
        #expect(config.command == nil, "another program's arguments")
        #expect(config.stopSignal == "SIGQUIT" && config.user == "app:app" && config.volumes == ["/data"])
        #expect(
            stage.configuration.history.compactMap(\.createdBy) == [
                "ENV LANG=de_DE X=a b", "LABEL a=b c=d e", "EXPOSE [53/udp 80/tcp 8000/tcp 8001/tcp]", "VOLUME [/data]",
                "USER app:app", "STOPSIGNAL SIGQUIT", "SHELL [/bin/bash -c]",
                "HEALTHCHECK {Test:[CMD-SHELL curl localhost] Interval:1m30s Timeout:0s StartPeriod:0s StartInterval:0s Retries:2}",
                "ENTRYPOINT [\"/bin/bash\" \"-c\" \"exec \\\"$X\\\"\"]",
            ])
    }

    @Test(
        "What can't be built is refused with its line",
        arguments: [
            ("FROM a\nCOPY --from=b x /\nFROM c AS b\n", 2, "cannot copy from stage \"b\""),
            ("FROM a AS b\nCOPY --from=b x /\n", 2, "circular dependency detected on stage: b"),
            ("FROM a\nCOPY --from=7 x /\n", 2, "invalid stage index 7"),
            ("FROM $NOTHING\n", 1, "base name ($NOTHING) should not be blank"),
            (
                "FROM a\nRUN --mount=type=bnd,target=/x true\n", 2,
                "unsupported mount type \"bnd\"; did you mean \"bind\"?"
            ),
            ("FROM a\nRUN --mount=type=tmpfs,target=/ true\n", 2, "invalid mount target \"/\""),
            ("FROM a\nCOPY --chmod=99 x /\n", 2, "invalid chmod parameter: '99'"),
            ("FROM a\nCOPY http://x/y /\n", 2, "source can't be a URL for COPY"),
            ("FROM a\nEXPOSE 80/ip\n", 2, "invalid proto: ip"),
            ("FROM a\nSTOPSIGNAL SIGNOTHING\n", 2, "invalid signal: SIGNOTHING"),
            ("FROM a\nENV A=${B:?wanted}\n", 2, "B: wanted"),
            ("# syntax=other/frontend\nFROM a\n", 1, "the frontend other/frontend is not supported"),
        ])
    func refusals(text: String, line: Int, message: String) throws {
        let error = #expect(throws: DockerfileError.self) { try Self.plan(text) }
        #expect(error?.lines?.lowerBound == line)
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test("The history's times are those of the layers, and the image's is the last")
    func times() throws {
        var configuration = try Self.plan("FROM scratch\nENV A=1\nCOPY a /\nENV B=2\nCOPY b /\nENV C=3\n")
            .stages[0].configuration
        configuration.setTimes(ofNewLayers: ["first", "second"])
        #expect(configuration.history.map(\.created) == ["first", "first", "first", "second", "second"])
        #expect(configuration.created == "second")
    }
}
