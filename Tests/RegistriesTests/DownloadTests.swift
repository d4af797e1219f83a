import Testing

@testable import Registries

@Suite("Files that are no registry's")
struct DownloadTests {
    @Test(
        "A date of HTTP is read, and what is none isn't",
        arguments: [
            ("Wed, 21 Oct 2015 07:28:00 GMT", 1_445_412_480), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Wed, 21 Oct 2015 07:28:00 CET", nil), ("21 Oct 2015 07:28:00 GMT", nil), ("", nil),
            ("Wed, 21 Okt 2015 07:28:00 GMT", nil), ("Wed, 21 Oct 99999999999 07:28:00 GMT", nil),
        ] as [(String, Int64?)])
    func dates(text: String, seconds: Int64?) {
        #expect(RegistryClient.seconds(ofHTTPDate: text) == seconds)
    }
}
