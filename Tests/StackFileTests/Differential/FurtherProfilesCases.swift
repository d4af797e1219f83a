extension ComposeCase {
    static let furtherProfiles: [ComposeCase] = [
        ComposeCase(
            "prof", "services: {a: {image: x}, b: {image: y, profiles: [p]}, c: {image: y, profiles: [q]}}",
            environment: ["COMPOSE_PROFILES": "q"], profiles: ["p"]),
        ComposeCase(
            "prof*", "services: {a: {image: x}, b: {image: y, profiles: [p]}, c: {image: y, profiles: [q]}}",
            profiles: ["*"]),
        ComposeCase(
            "prof*env", "services: {a: {image: x}, b: {image: y, profiles: [p]}, c: {image: y, profiles: [q]}}",
            environment: ["COMPOSE_PROFILES": " p , q"]),
        ComposeCase(
            "profdotenv", "services: {a: {image: x}, b: {image: y, profiles: [p]}}",
            files: [".env": "COMPOSE_PROFILES=p"]),
        ComposeCase(
            "svc",
            "services: {a: {image: x, depends_on: [c]}, b: {image: y}, c: {image: y, networks: [n]}}\nnetworks: {n: }",
            flags: ["a"]),
        ComposeCase(
            "svc prof", "services: {a: {image: x}, b: {image: y, profiles: [p]}, c: {image: z, profiles: [p]}}",
            flags: ["b"]),
    ]

    static let furtherProfilesRejected: [ComposeCase] = [
        ComposeCase("svc missing", "services: {a: {image: x}}", flags: ["b"])
    ]
}
