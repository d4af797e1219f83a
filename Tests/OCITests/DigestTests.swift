import OCI
import Testing

@Suite struct DigestTests {
    @Test func messagesStayOneLineWhateverTheySpeakOf() {
        #expect(oneLine("a\nb\u{1b}[2J\u{9b}1mc\u{7f}é") == "a b?[2J?1mc?é")
        #expect(oneLine("a\nb\tc\u{0}", keepsLines: true) == "a\nb\tc?")
        #expect(throws: DigestError.self) { try Digest(parsing: "x\ny") }
        do {
            _ = try Digest(parsing: "sha256:\n\u{1b}[2J")
        } catch {
            #expect(!error.description.contains("\n") && !error.description.contains("\u{1b}"))
        }
    }

    private static let abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    @Test func computesTheKnownDigest() throws {
        #expect(Digest.sha256(of: Array("abc".utf8)).description == Self.abc)
        #expect(try Digest(parsing: Self.abc).short == "ba7816bf8f01")
        let long = Digest.of(Array("abc".utf8), algorithm: .sha512)
        #expect(long.hex.hasPrefix("ddaf35a193617aba") && long.hex.count == 128)
    }

    @Test func hashesInPieces() {
        var hasher = DigestHasher()
        for piece in ["a", "", "bc"] { Array(piece.utf8).withUnsafeBytes { hasher.update($0) } }
        #expect(hasher.finalize().description == Self.abc)
    }

    @Test(arguments: [
        "", "abc", "sha256:", "md5:d41d8cd98f00b204e9800998ecf8427e", "sha256:abc",
        "sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
        "sha256:../../../../../../../../../../../../../../../../../../../../etc/pass", "sha256:\(abc)",
        "sha512:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    ])
    func refuses(_ text: String) {
        #expect(throws: DigestError.self) { try Digest(parsing: text) }
        #expect(Digest(text) == nil)
    }
}
