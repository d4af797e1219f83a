import Testing

@testable import Containers

@Suite struct ResolvedUserTests {
    private static let passwd = """
        root:x:0:0:root:/root:/bin/sh
        www:x:33:33:www:/var/www:/usr/sbin/nologin
        damaged:x
        app:x:1000:1001::/home/app:/bin/sh
        """
    private static let group = """
        root:x:0:
        www:x:33:
        staff:x:50:app,other
        app:x:1001:
        audio:x:29:other,app
        video:x:44:apple
        """

    struct Sample: Sendable, CustomTestStringConvertible {
        var user: String
        var added: [String] = []
        var uid: UInt32
        var gid: UInt32
        var groups: [UInt32]
        var home: String

        var testDescription: String { "\"\(user)\" + \(added)" }
    }

    @Test(arguments: [
        Sample(user: "", uid: 0, gid: 0, groups: [0], home: "/root"),
        Sample(user: "root", uid: 0, gid: 0, groups: [0], home: "/root"),
        Sample(user: "0", uid: 0, gid: 0, groups: [0], home: "/root"),
        Sample(user: "www", uid: 33, gid: 33, groups: [33], home: "/var/www"),
        Sample(user: "app", uid: 1000, gid: 1001, groups: [1001, 50, 29], home: "/home/app"),
        // A number that has an account is that account.
        Sample(user: "1000", uid: 1000, gid: 1001, groups: [1001, 50, 29], home: "/home/app"),
        Sample(user: "4242", uid: 4242, gid: 0, groups: [0], home: "/"),
        // A named group stands in for those of the account.
        Sample(user: "app:www", uid: 1000, gid: 33, groups: [33], home: "/home/app"),
        Sample(user: "app:77", uid: 1000, gid: 77, groups: [77], home: "/home/app"),
        Sample(user: "1234:5678", uid: 1234, gid: 5678, groups: [5678], home: "/"),
        Sample(user: ":staff", uid: 0, gid: 50, groups: [50], home: "/root"),
        Sample(
            user: "app", added: ["video", "99"], uid: 1000, gid: 1001, groups: [1001, 50, 29, 44, 99], home: "/home/app"
        ),
        Sample(user: "app:www", added: ["www", "audio"], uid: 1000, gid: 33, groups: [33, 29], home: "/home/app"),
        Sample(user: "", added: ["staff"], uid: 0, gid: 0, groups: [0, 50], home: "/root"),
    ])
    func namesAndNumbersAreLookedUp(_ sample: Sample) throws {
        let user = try ResolvedUser(
            user: sample.user, added: sample.added, passwd: Self.passwd, group: Self.group)
        #expect(user.uid == sample.uid)
        #expect(user.gid == sample.gid)
        #expect(user.additionalGroups == sample.groups)
        #expect(user.home == sample.home)
    }

    @Test(arguments: [
        ("nobody", [], #"user "nobody" is not in the image's /etc/passwd; use one that is, or a number"#),
        ("damaged", [], #"user "damaged" is not in the image's /etc/passwd; use one that is, or a number"#),
        ("-1", [], #"user "-1" is not in the image's /etc/passwd; use one that is, or a number"#),
        ("4294967296", [], #"user "4294967296" is not in the image's /etc/passwd; use one that is, or a number"#),
        ("app:nobody", [], #"group "nobody" is not in the image's /etc/group; use one that is, or a number"#),
        ("app", ["nobody"], #"group "nobody" is not in the image's /etc/group; use one that is, or a number"#),
    ])
    func unknownNamesAreRefused(_ name: String, _ added: [String], _ message: String) {
        let error = #expect(throws: BundleError.self) {
            try ResolvedUser(user: name, added: added, passwd: Self.passwd, group: Self.group)
        }
        #expect(error?.description == message)
    }

    @Test func imagesWithoutAccountsHaveNumbers() throws {
        let user = try ResolvedUser(user: "", added: [], passwd: "", group: "")
        #expect(user.uid == 0)
        #expect(user.gid == 0)
        #expect(user.home == "/")
        #expect(throws: BundleError.self) { try ResolvedUser(user: "root", added: [], passwd: "", group: "") }
    }
}
