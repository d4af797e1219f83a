import Kernel
import Testing

/// Both forms of layers against what umoci unpacks. `scripts/layer-parity` without names does it for all images.
@Suite(
    .enabled(if: Workbench.isRoot && Files.exists("/usr/bin/umoci"), "needs root and umoci"))
struct LayerParityTests {
    @Test(arguments: [
        "small files", "modes and owners", "times", "extended attributes", "hard links", "devices and links",
        "whiteouts",
        "duplicates", "long names", "names that are no text", "tar's v7 form", "tar's oldgnu form", "an empty layer",
        "repacked by umoci",
    ]) func containersSeeTheSameTree(_ name: String) throws {
        let script =
            "\(#filePath)".split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/\($1)" }
            + "/scripts/layer-parity"
        let output = try Workbench.run(
            "/usr/bin/env", ["python3", script, "--layer-program", Workbench.layerExecutable, name])
        #expect(output.code == 0, "\(output.text)")
        #expect(output.text.contains("EROFS equal, directory equal"))
    }
}
