import Dockerfiles
import Glibc
import Kernel
import Testing

@testable import Builds

@Suite("Copying out of a context")
struct CopyTests {
    @Test("A link that leads out of the context is followed inside of it alone")
    func outside() throws {
        let context = try Workplace()
        context.link("up", to: "../../../../../../etc/passwd")
        context.link("absolute", to: "/etc/hostname")
        #expect(throws: BuildError("\"/up\": not found")) { try context.copy("up", to: "/x") }
        #expect(throws: BuildError("\"/absolute\": not found")) { try context.copy("absolute", to: "/x") }
        try context.write("etc/passwd")
        #expect(try context.copy("up", to: "/x").listing == ["/x 644 /etc/passwd"])
    }

    @Test("Links that go round and round end with a message")
    func loops() throws {
        let context = try Workplace()
        context.link("a", to: "b")
        context.link("b", to: "a")
        #expect(throws: BuildError("/a: too many symbolic links")) { try context.copy("a", to: "/x") }
        context.link("here", to: ".")
        #expect(try context.copy("here/here/here", to: "/x/").listing.contains("/x/here 777 -> ."))
    }

    @Test("A pipe in a context is copied without being opened, a socket is left out")
    func special() throws {
        let context = try Workplace()
        #expect(mkfifo("\(context.path)/pipe", 0o600) == 0)
        let listing = try context.copy(".", to: "/x/").listing
        #expect(listing == ["/x 755 directory", "/x/pipe 600 special"])
    }

    @Test("Names with newlines, blanks and quotes stay as they are")
    func names() throws {
        let context = try Workplace()
        let names = [" blank ", "\"quoted\"", "-dash", "back\\slash", "new\nline", "ünïcode"]
        for name in names { try context.write(name) }
        let paths = try context.copy(".", to: "/x/").entries.keys.sorted()
        #expect(paths == ["/x"] + names.map { "/x/" + $0 })
    }

    @Test("A name that isn't text is refused with its directory")
    func binaryName() throws {
        let context = try Workplace()
        let path: [CChar] = Array("\(context.path)/".utf8CString.dropLast()) + [-1, -2, 0]
        let descriptor = creat(path, 0o644)
        #expect(descriptor >= 0)
        close(descriptor)
        #expect(throws: BuildError.self) { try context.copy(".", to: "/x/") }
    }

    @Test("Of an ignored directory what was taken back is copied, and nothing else")
    func takenBack() throws {
        let context = try Workplace()
        for name in ["dir/kept", "dir/other", "dir/deep/file"] { try context.write(name) }
        let rules = ["dir", "!dir/kept"]
        #expect(
            try context.copy("dir", to: "/x", ignoring: rules).listing == ["/x 755 directory", "/x/kept 644 /dir/kept"])
        #expect(try context.copy("dir/kept", to: "/x", ignoring: rules).listing == ["/x 644 /dir/kept"])
        #expect(throws: BuildError.self) { try context.copy("dir/other", to: "/x", ignoring: rules) }
        #expect(throws: BuildError.self) { try context.copy("dir", to: "/x", ignoring: ["dir", "!other"]) }
    }

    @Test("A pattern that matches nothing makes nothing, a file that is missing is an error")
    func nothing() throws {
        let context = try Workplace()
        #expect(try context.copy("*.none", to: "/x/").isEmpty)
        #expect(throws: BuildError("\"/none\": not found")) { try context.copy("none", to: "/x/") }
    }

    @Test("A link of the image is followed inside of the image")
    func imageLinks() throws {
        let (context, image) = (try Workplace(), try Workplace())
        try context.write("a")
        try image.makeDirectory("real")
        image.link("link", to: "/real")
        image.link("out", to: "../../../..")
        #expect(try context.copy("a", to: "/link/a", over: image).listing == ["/real 755 directory", "/real/a 644 /a"])
        let outside = try context.copy("a", to: "/out/tmp/a", over: image).listing
        #expect(outside == ["/tmp 755 directory", "/tmp/a 644 /a"])
    }

    @Test("What a step reads is in its digest, and the times aren't", arguments: ["bytes", "mode", "name", "times"])
    func digests(change: String) throws {
        let context = try Workplace()
        try context.write("a", "one")
        let before = try context.copy(".", to: "/x/").digest(FileDigests())
        switch change {
        case "bytes": try context.write("a", "two")
        case "mode": try context.write("a", "one", mode: 0o600)
        case "name": #expect(rename("\(context.path)/a", "\(context.path)/b") == 0)
        default: try context.write("a", "one")
        }
        let after = try context.copy(".", to: "/x/").digest(FileDigests())
        #expect((before == after) == (change == "times"))
    }
}
