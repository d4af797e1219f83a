import Planning
import StackModel
import Testing

@Suite struct RevisionTests {
    @Test func whatChangedIsToldByServiceInTheFilesWords() {
        let old = stack(service("web", image: "app:1") { $0.environment = ["LEVEL": "info"] }, service("cache"))
        let new = stack(service("web", image: "app:2") { $0.environment = ["LEVEL": "debug"] }, service("db"))
        let changes = new.changes(since: old, scale: (["web": 1], ["web": 3]), images: ([:], [:]))
        #expect(
            changes == [
                "web": [
                    "image: \"app:1\" → \"app:2\"", "environment.LEVEL: \"info\" → \"debug\"", "scale: 1 → 3",
                ], "cache": ["gone"], "db": ["new"],
            ])
    }

    @Test func anotherImageUnderTheSameNameIsAChange() {
        let same = stack(service("web", image: "app"), service("db"))
        let changes = same.changes(
            since: same, scale: ([:], [:]),
            images: (["app": "sha256:1", "db": "sha256:d"], ["app": "sha256:2", "db": "sha256:d"]))
        #expect(changes == ["web": ["image: app stands for another one: sha256:1 → sha256:2"]])
    }
}
