import StackModel
import Testing

@testable import StackFile

/// Which files are read, and what the project is called.
struct LocationTests {
    private func name(_ files: [String: String], _ change: (inout LoadRequest) -> Void = { _ in }) throws -> String {
        let directory = try ProjectDirectory(files)
        var request = ComposeCase("", "").request(in: directory.path)
        change(&request)
        return try StackLoader.projectName(request)
    }

    @Test func projectNames() throws {
        #expect(try name([:]) == "project")
        #expect(try name(["compose.yaml": "name: own"]) == "own")
        #expect(try name(["compose.yaml": "name: own"]) { $0.projectName = "given" } == "given")
        #expect(try name([".env": "COMPOSE_PROJECT_NAME=env"]) == "env")
        #expect(try name(["compose.yaml": "services: [broken"]) == "project", "a broken file is passed over")
        #expect(try name(["compose.yaml": "services: [broken"]) { $0.projectName = "given" } == "given")
        #expect(throws: StackFileError.self) { try name([:]) { $0.projectName = "Not Good" } }
    }

    @Test func theFileOfADirectoryAbove() throws {
        let directory = try ProjectDirectory([
            "compose.yaml": "services: {a: {image: x}}", "compose.override.yml": "services: {b: {image: y}}",
            "sub/deeper/file": "",
        ])
        let loaded = try StackLoader.load(ComposeCase("", "").request(in: directory.path + "/sub/deeper"))
        #expect(loaded.stack.workingDirectory == directory.path)
        #expect(loaded.canonical.services == ["a", "b"])
    }

    @Test func standardInput() throws {
        let directory = try ProjectDirectory([:])
        var request = ComposeCase("", "").request(in: directory.path)
        request.files = ["-"]
        request.standardInput = Array("services: {a: {image: x, volumes: [\"./d:/d\"]}}".utf8)
        let stack = try StackLoader.load(request).stack
        #expect(
            stack.services["a"]?.container.volumes.first?.source
                == .bind(path: directory.path + "/d", create: true, propagation: nil))
    }

    @Test func environmentFiles() throws {
        let directory = try ProjectDirectory([
            "compose.yaml": "services: {a: {image: $A-$B}}", ".env": "A=wrong\n", "one": "A=1\nB=1\n",
            "two": "B=$A$A\n",
        ])
        var request = ComposeCase("", "").request(in: directory.path)
        request.envFiles = ["one", "two"]
        #expect(try StackLoader.load(request).stack.services["a"]?.image == "1-11")
        request.envFiles = ["none"]
        #expect(throws: StackFileError.self) { try StackLoader.load(request) }
    }

    @Test func aServiceNamedOnTheCommandLineActivatesItsProfile() throws {
        let directory = try ProjectDirectory([
            "compose.yaml": "services: {a: {image: x}, b: {image: y, profiles: [p]}, c: {image: z, profiles: [q]}}"
        ])
        var request = ComposeCase("", "").request(in: directory.path)
        request.selectsServices = false
        request.services = ["b"]
        let stack = try StackLoader.load(request).stack
        #expect(stack.services.keys.sorted() == ["a", "b"])
        #expect(stack.disabledServices == ["c"])
        request.services = ["d"]
        #expect(throws: StackFileError.self) { try StackLoader.load(request) }
    }

    @Test func noFile() throws {
        let directory = try ProjectDirectory([:])
        let error = #expect(throws: StackFileError.self) {
            try StackLoader.load(ComposeCase("", "").request(in: directory.path))
        }
        #expect(error?.description.contains("no compose.yaml here") == true)
    }
}
