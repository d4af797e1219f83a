import Launching
import Testing

@testable import Sandboxes

@Suite struct MountOptionsTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        var options: [String]
        var flags: MountFlags = []
        var data: [String] = []
        var bind = false
        var recursive = false

        var testDescription: String { options.joined(separator: ",") }
    }

    @Test(arguments: [
        Sample(options: []),
        Sample(options: ["ro"], flags: .readOnly),
        Sample(options: ["ro", "rw"]),
        Sample(options: ["rw", "ro"], flags: .readOnly),
        Sample(options: ["nosuid", "noexec", "nodev"], flags: [.noSUID, .noExecute, .noDevices]),
        Sample(options: ["nosuid", "noexec", "nodev", "suid", "exec", "dev"]),
        Sample(options: ["strictatime"], flags: .strictAccessTime),
        Sample(options: ["noatime"], flags: .noAccessTime),
        Sample(options: ["relatime"], flags: .relativeAccessTime),
        Sample(options: ["bind"], bind: true),
        Sample(options: ["rbind"], bind: true, recursive: true),
        Sample(options: ["rbind", "ro"], flags: .readOnly, bind: true, recursive: true),
        Sample(options: [
            "private", "rprivate", "z", "Z", "nocopy", "consistent", "cached", "delegated", "defaults",
        ]),
        Sample(
            options: ["mode=755", "nosuid", "size=64k"], flags: .noSUID, data: ["mode=755", "size=64k"]),
        Sample(
            options: ["ptmxmode=0666", "newinstance", "gid=5"],
            data: ["ptmxmode=0666", "newinstance", "gid=5"]),
    ])
    func optionsAreFlagsOrTheFileSystemsOwn(_ sample: Sample) {
        let options = MountOptions(sample.options)
        #expect(options.flags == sample.flags)
        #expect(options.data == sample.data)
        #expect(options.bind == sample.bind)
        #expect(options.recursive == sample.recursive)
    }
}
