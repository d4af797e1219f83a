import OCI
import Testing

@testable import Dockerfiles

@Suite struct ImageChangesTests {
    static let image: ImageConfiguration = {
        var defaults = ContainerDefaults(
            environment: ["PATH=/bin", "A=1"], entrypoint: ["/start"], command: ["x"], labels: ["a": "b"])
        defaults.onBuild = ["RUN first"]
        return ImageConfiguration(platform: .host, config: defaults)
    }()

    private func changed(_ instructions: String...) throws -> ContainerDefaults {
        try ImageChanges.apply(instructions, to: Self.image)
    }

    @Test("Each instruction that Docker's commit takes changes what it names and nothing else")
    func changes() throws {
        #expect(try changed() == Self.image.config)
        #expect(try changed(#"CMD ["y", "z"]"#).command == ["y", "z"])
        #expect(try changed(#"ENTRYPOINT ["/other"]"#).entrypoint == ["/other"])
        #expect(try changed("ENV A=2 B=$PATH:/more").environment == ["PATH=/bin", "A=2", "B=/bin:/more"])
        #expect(try changed("label c=d", "LABEL e=f").labels == ["a": "b", "c": "d", "e": "f"])
        let several = try changed("EXPOSE 80", "USER app", "VOLUME /data", "STOPSIGNAL SIGQUIT", "WORKDIR /srv")
        #expect(several.exposedPorts == ["80/tcp"] && several.user == "app" && several.volumes == ["/data"])
        #expect(several.stopSignal == "SIGQUIT" && several.workingDirectory == "/srv")
        #expect(several.onBuild == ["RUN first"] && several.labels == ["a": "b"])
        #expect(try changed("ONBUILD RUN second").onBuild == ["RUN first", "RUN second"])
        #expect(try changed("HEALTHCHECK NONE").healthcheck?.test == ["NONE"])
    }

    @Test(
        "What would make a layer, or another image, is no change",
        arguments: ["RUN rm -rf /", "COPY a b", "ADD a b", "FROM busybox", "ARG x", "nonsense"])
    func refused(instruction: String) {
        #expect(throws: DockerfileError.self) { try changed(instruction) }
    }
}
