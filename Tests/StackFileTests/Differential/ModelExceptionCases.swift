extension ComposeCase {
    private static let extensionsKey =
        "Docker takes a user's own key that begins with x- for an extension, moves it to a key \"#extensions\" and prints"
        + " that; with two files, where it makes a list of the mapping first, it doesn't"

    /// Where Docker's answer about an attribute is a mistake.
    static let modelExceptions: [ComposeCase] = [
        .service("a label that begins with x-", "labels: {x-foo: bar, b: c}").except(extensionsKey),
        .service("a variable that begins with x-", "environment: {x-foo: bar, b: c}").except(extensionsKey),
        .service("an extension among ulimits", "ulimits: {x-foo: {a: 1}, nofile: 5}").except(extensionsKey),
    ]

    /// What Docker takes by mistake.
    static let wronglyAccepted: [ComposeCase] = [
        .service("a weight that wraps around", "blkio_config: {weight: 70000}")
            .except("Docker keeps the lower 16 bits and prints 4464, which nobody has written")
    ]
}
