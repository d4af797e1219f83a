extension ComposeCase {
    static let furtherLocation: [ComposeCase] = [
        ComposeCase("proj dir", "services: {a: {image: x}}\n", files: ["sub/.env": "I=1"], projectDirectory: "sub"),
        ComposeCase(
            "proj dir rel", "services: {a: {image: 'x$I', volumes: ['./v:/v'], env_file: e}}",
            files: ["sub/.env": "I=1", "sub/e": "A=1"], order: ["compose.yaml"], projectDirectory: "sub"),
        ComposeCase(
            "proj dir nofile", "services: {a: {image: x}}\n", files: ["sub/compose.yaml": "services: {q: {image: x}}"],
            projectDirectory: "sub"),
        ComposeCase("proj dir up", "services: {a: {image: x}}\n", files: ["sub/x": ""], projectDirectory: "sub"),
        ComposeCase(
            "sub cwd", "services: {a: {image: 'x$I$PWD', volumes: ['./v:/v']}}",
            files: ["sub/x": "", ".env": "I=root", "sub/.env": "I=sub\nJ=1"], directory: "sub"),
        ComposeCase(
            "two dirs", "services: {a: {image: x}}\n",
            files: [
                "a/c.yaml": "services: {a: {image: 'x$I', volumes: ['./v:/v']}}",
                "b/c.yaml": "services: {a: {volumes: ['./w:/w'], env_file: e}}", "a/.env": "I=a", ".env": "I=cwd",
                "a/e": "A=1",
            ], order: ["a/c.yaml", "b/c.yaml"]),
        ComposeCase(
            "stdin", "services: {a: {image: x}}\n", order: ["-"],
            standardInput: "services: {z: {image: q, volumes: ['./v:/v']}}"),
        ComposeCase(
            "stdin and file", "services: {a: {image: x}}\n", order: ["compose.yaml", "-"],
            standardInput: "services: {z: {image: q}}"),
        ComposeCase(
            "stdin first", "services: {a: {image: x}}\n", files: ["sub/c.yaml": "services: {a: {volumes: ['./v:/v']}}"],
            order: ["-", "sub/c.yaml"], standardInput: "services: {a: {image: q}}"),
        ComposeCase(
            "COMPOSE_FILE", "services: {a: {image: x}}\n", files: ["two.yaml": "services: {b: {image: y}}"],
            environment: ["COMPOSE_FILE": "two.yaml"]),
        ComposeCase(
            "COMPOSE_FILE sep", "services: {a: {image: x}}\n", files: ["two.yaml": "services: {b: {image: y}}"],
            environment: ["COMPOSE_FILE": "two.yaml;;compose.yaml", "COMPOSE_PATH_SEPARATOR": ";;"]),
        ComposeCase(
            "COMPOSE_FILE -", "services: {a: {image: x}}\n", environment: ["COMPOSE_FILE": "-"],
            standardInput: "services: {a: {image: x}}\n"),
        ComposeCase(
            "f over COMPOSE_FILE", "services: {a: {image: x}}\n", files: ["two.yaml": "services: {b: {image: y}}"],
            environment: ["COMPOSE_FILE": "two.yaml"], order: ["compose.yaml"]),
        ComposeCase(
            "yml over yaml",
            files: [
                "compose.yml": "services: {m: {image: y}}", "docker-compose.yml": "services: {a: {image: x}}\n",
                "docker-compose.yaml": "services: {a: {image: x}}\n",
            ]),
        ComposeCase(
            "override",
            files: [
                "compose.yml": "services: {a: {image: x}}\n", "compose.override.yaml": "services: {a: {hostname: y}}",
                "docker-compose.override.yml": "services: {a: {hostname: z}}",
            ]),
        ComposeCase(
            "override yml first",
            files: [
                "compose.yml": "services: {a: {image: x}}\n", "compose.override.yaml": "services: {a: {hostname: y}}",
                "compose.override.yml": "services: {a: {hostname: z}}",
            ]),
        ComposeCase(
            "no override with f", "services: {a: {image: x}}\n",
            files: ["compose.override.yaml": "services: {a: {hostname: y}}"], order: ["compose.yaml"]),
        ComposeCase("pwd", "services: {a: {image: 'x$PWD'}}"),
        ComposeCase("pwd env", "services: {a: {image: 'x$PWD'}}", environment: ["PWD": "/q"]),
        ComposeCase("home", "services: {a: {image: x, volumes: ['~/a:/a','~:/b','~foo/c:/c']}}"),
        ComposeCase("home other", "services: {a: {image: x, volumes: ['~/a:/a']}}", environment: ["HOME": "/h"]),
        ComposeCase(
            "home dotenv", "services: {a: {image: x, volumes: ['~/a:/a']}}", files: [".env": "HOME=/q"],
            environment: ["HOME": ""]),
    ]

    static let furtherLocationRejected: [ComposeCase] = [
        ComposeCase("COMPOSE_FILE empty", "services: {a: {image: x}}\n", environment: ["COMPOSE_FILE": ""]),
        ComposeCase(
            "COMPOSE_FILE trailing", "services: {a: {image: x}}\n", environment: ["COMPOSE_FILE": "compose.yaml:"]),
        ComposeCase("COMPOSE_FILE missing", "services: {a: {image: x}}\n", environment: ["COMPOSE_FILE": "n.yaml"]),
        ComposeCase("f missing", "services: {a: {image: x}}\n", order: ["n.yaml"]),
        ComposeCase("override alone", files: ["compose.override.yaml": "services: {a: {hostname: y}}"]),
        ComposeCase("upper dir none", ""),
    ]
}
