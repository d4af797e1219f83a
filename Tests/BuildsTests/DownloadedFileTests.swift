import Testing

@testable import Builds

@Suite("Files of the web")
struct DownloadedFileTests {
    @Test(
        "A file is called what its address ends in, and is never a path",
        arguments: [
            ("http://x/a.tar.gz", "a.tar.gz"), ("https://x/a/b?c=/d#/e", "b"), ("http://x/a%20b", "a b"),
            ("http://x/", "__unnamed__"), ("http://x", "__unnamed__"), ("http://x/..", "__unnamed__"),
            ("http://x/%2e%2e", "%2e%2e"), ("http://x/a%2Fb", "a%2Fb"), ("http://x/%00", "%00"),
            ("http://x/%zz", "%zz"), ("http://x/%ff", "%ff"),
        ])
    func names(url: String, name: String) {
        #expect(DownloadedFile.name(of: url) == name)
    }
}
