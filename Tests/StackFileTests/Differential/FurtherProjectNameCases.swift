extension ComposeCase {
    static let furtherProjectName: [ComposeCase] = [
        ComposeCase("p flag", "services: {a: {image: x}}\n", projectName: "abc"),
        ComposeCase("env name", "services: {a: {image: x}}\n", environment: ["COMPOSE_PROJECT_NAME": "envn"]),
        ComposeCase("dotenv name", "services: {a: {image: x}}\n", files: [".env": "COMPOSE_PROJECT_NAME=dn"]),
        ComposeCase(
            "file over dotenv", "name: fn\nservices: {a: {image: x}}\n", files: [".env": "COMPOSE_PROJECT_NAME=dn"]),
        ComposeCase("name upper", "name: FooBar.baz\nservices: {a: {image: x}}\n"),
        ComposeCase("name symbols", #"name: "__a b-c"\#nservices: {a: {image: x}}\#n"#),
        ComposeCase("name empty", #"name: ""\#nservices: {a: {image: x}}\#n"#),
        ComposeCase("name num q", #"name: "5"\#nservices: {a: {image: x}}\#n"#),
        ComposeCase("name self", #"name: "a-${COMPOSE_PROJECT_NAME}"\#nservices: {a: {image: x}}\#n"#),
        ComposeCase(
            "name two", "name: one\nservices: {a: {image: x}}\n",
            files: ["two.yaml": "name: two\nservices: {a: {image: x}}\n"], order: ["compose.yaml", "two.yaml"]),
        ComposeCase("name two docs", "name: one\nservices: {a: {image: x}}\n---\nname: two\n"),
        ComposeCase("name second doc", "services: {a: {image: x}}\n---\nname: two\n"),
    ]

    static let furtherProjectNameRejected: [ComposeCase] = [
        ComposeCase("p bad", "services: {a: {image: x}}\n", projectName: "A b"),
        ComposeCase("env bad", "services: {a: {image: x}}\n", environment: ["COMPOSE_PROJECT_NAME": "Env N"]),
        ComposeCase("name all bad", #"name: "___"\#nservices: {a: {image: x}}\#n"#),
        ComposeCase("name null", "name: \nservices: {a: {image: x}}\n"),
        ComposeCase("name num", "name: 5\nservices: {a: {image: x}}\n"),
        ComposeCase("name unset var", #"name: "${X}"\#nservices: {a: {image: x}}\#n"#),
    ]
}
