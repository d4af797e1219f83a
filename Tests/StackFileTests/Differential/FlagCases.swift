extension FlagCase {
    private static let listing = ["--services", "--volumes", "--networks", "--models", "--images", "--profiles"]

    static let all: [FlagCase] =
        ["one", "several", "empty"].flatMap { project in
            listing.map { flag in
                FlagCase(
                    project: project, words: flag, order: ["--services", "--profiles"].contains(flag) ? .exact : .free)
            }
        }
        + ["one", "several", "empty"].flatMap { project in
            [
                "", "--format yaml", "--format json", "--hash *", "--no-interpolate", "--no-interpolate --format json",
                "--no-normalize", "--no-path-resolution", "--no-consistency", "--no-env-resolution", "-q", "--quiet",
                "-o saved", "--output=saved --format json", "-q -o saved", "-o saved --services", "--format xml",
                "--variables --format json", "--variables --format yaml", "--hash nosuch", "nosuch",
            ].map { FlagCase(project: project, words: $0) }
        }
        + ["one", "several"].flatMap { project in
            [
                FlagCase(project: project, words: "--environment", order: .free),
                FlagCase(project: project, words: "--variables", order: .free),
                FlagCase(project: project, words: "--variables --format table", order: .free),
            ]
        }
        + several
        + ["missing", "broken", "inconsistent"].flatMap { project in
            ["", "-q", "--services", "--hash *", "--no-consistency", "--no-interpolate", "-o saved", "--environment"]
                .map {
                    FlagCase(project: project, words: $0)
                }
        }

    /// Services by name, and flags that look at several of them.
    private static let several: [FlagCase] =
        [
            "web", "worker cache", "web --format json", "tool", "web nosuch", "--hash web", "--hash web,cache",
            "--hash cache,web,cache", "--hash web,nosuch", "--hash=", "--hash tool", "--services web",
            "--services nosuch",
            "--profiles web", "--profiles nosuch", "--images nosuch", "-q --services", "-q --environment",
            "-q --variables --format yaml", "-q --format xml", "--services --volumes", "--services --hash *",
            "-q --hash *",
            "--profiles --images", "--no-interpolate --hash web", "--no-interpolate web",
            "--no-interpolate --no-normalize", "--no-normalize --no-path-resolution", "--no-env-resolution --hash *",
            "--no-env-resolution web", "--no-consistency --no-normalize --no-path-resolution --no-env-resolution",
            "--variables --format xml", "-o /nonexistent/saved", "--unknown-flag", "--format",
            "--no-interpolate --profiles", "-q web", "-q nosuch", "--environment nosuch", "--resolve-image-digests",
        ].map { FlagCase(project: "several", words: $0) }
        + [
            "--images web", "--images worker", "--networks nosuch", "--volumes web", "--models web", "-q --images",
            "--no-interpolate --services", "--no-interpolate --images", "--no-interpolate --volumes",
            "--no-interpolate --networks",
        ].map { FlagCase(project: "several", words: $0, order: .free) }

    static let projects: [String: [String: String]] = [
        "one": ["compose.yaml": "name: one\nservices:\n  web: {image: \"nginx:${TAG:-1}\", ports: [\"80:80\"]}\n"],
        "empty": ["compose.yaml": "name: empty\nservices: {}\n"],
        "missing": [:],
        "broken": ["compose.yaml": "name: broken\nservices:\n  web: {image: [a}\n"],
        "inconsistent": [
            "compose.yaml":
                "name: inconsistent\nservices:\n  web: {image: x, networks: [nowhere], depends_on: [nobody]}\n"
        ],
        "several": [
            "compose.yaml": """
            name: several
            services:
              web:
                image: nginx:${TAG:-1}
                depends_on: [worker, cache]
                networks: [front, default]
                ports: ["80:80"]
                environment: {A: "${EMPTY:-full}", B: "${UNSET:+alternative}", C: "$TAG", E: "a$$b"}
                env_file: web.env
                volumes: ["./site:/site:ro", "data:/data"]
              worker:
                build: {context: ./worker, args: {MODE: "${MODE:-fast}"}}
                depends_on: {cache: {condition: service_healthy}}
                models: [small]
                scale: 2
              cache:
                image: redis
                healthcheck: {test: redis-cli ping, interval: 1m30s}
                restart: always
                deploy: {resources: {limits: {memory: 50m}}}
              tool:
                image: busybox
                profiles: [debug, tools]
                volumes: ["tools:/tools"]
            networks: {front: {internal: true}, unused: {}}
            volumes: {data: {}, tools: {}, unused: {}}
            models: {small: {model: ai/small}}
            x-own: {b: 1, a: [1, 2]}

            """,
            "web.env": "FROM_FILE=${TAG}\nC=from-file\n",
            ".env": "DOTENV=1\nMODE=slow\n",
        ],
    ]
}
