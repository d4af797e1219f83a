extension ComposeCase {
    static let furtherReset: [ComposeCase] = [
        ComposeCase("!override 5", "services: {a: {image: x, scale: 1}}\nx-v: !override 5\n"),
        ComposeCase("!override true", "services: {a: {image: x, scale: 1}}\nx-v: !override true\n"),
        ComposeCase(#"!override "5""#, #"services: {a: {image: x, scale: 1}}\#nx-v: !override "5"\#n"#),
        ComposeCase("!reset 5", "services: {a: {image: x, scale: 1}}\nx-v: !reset 5\n"),
        ComposeCase("[a, !reset b, c]", "services: {a: {image: x, scale: 1}}\nx-v: [a, !reset b, c]\n"),
        ComposeCase("{a: 1, b: !reset 2}", "services: {a: {image: x, scale: 1}}\nx-v: {a: 1, b: !reset 2}\n"),
        ComposeCase("[!override [1]]", "services: {a: {image: x, scale: 1}}\nx-v: [!override [1]]\n"),
        ComposeCase("scale over", "services: {a: {image: x, scale: !override 2}}\nx-v: 1\n"),
        ComposeCase("seq reset nested", "services: {a: {image: x, command: [a, !reset b]}}"),
        ComposeCase("merge tag", "x-a: &a {k: 1}\nservices: {a: {image: x}}\nx-v: {!!merge <<: *a}"),
        ComposeCase(
            "reset service", "services: {a: {image: x}, b: {image: y}}",
            files: ["two.yaml": "services: {b: !reset null}"], order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "reset section", "services: {a: {image: x}}\nnetworks: {default: {name: q}}",
            files: ["two.yaml": "networks: !reset null"], order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "override service", "services: {a: {image: x, hostname: h}}",
            files: ["two.yaml": "services: {a: !override {image: y}}"], order: ["compose.yaml", "two.yaml"]),
        ComposeCase(
            "override services", "services: {a: {image: x, hostname: h}}",
            files: ["two.yaml": "services: !override {b: {image: y}}"], order: ["compose.yaml", "two.yaml"]),
        ComposeCase("reset one doc", "services: {a: {image: x, hostname: h, ports: !reset ['80:80']}}"),
        ComposeCase(
            "reset two docs", "services: {a: {image: x, hostname: h}}\n---\nservices: {a: {hostname: !reset x}}"),
        ComposeCase(
            "reset then set", "services: {a: {image: x, ports: ['80:80']}}",
            files: [
                "two.yaml": "services: {a: {ports: !reset []}}", "three.yaml": "services: {a: {ports: ['81:81']}}",
            ], order: ["compose.yaml", "two.yaml", "three.yaml"]),
        ComposeCase("services empty", "services: {}\n"),
        ComposeCase("only networks", "networks: {a: }\n"),
    ]

    static let furtherResetRejected: [ComposeCase] = [
        ComposeCase("services null", "services:\n"),
        ComposeCase("services null+", "services:\nx-a: 1\n"),
    ]
}
