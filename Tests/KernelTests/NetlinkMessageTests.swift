import Testing

@testable import Kernel

/// Each message beside its bytes as they go over the wire; the numbers are little-endian, this is for such machines.
@Suite struct NetlinkMessageTests {
    @Test func bridge() {
        expect(
            .createBridge("rst0", mac: [2, 0x42, 10, 210, 0, 1]),
            """
            48000000 1000 0006 00000000 00000000  length 72, RTM_NEWLINK, CREATE|EXCL, sequence, port
            00 00 0000 00000000 01000000 01000000 AF_UNSPEC, type, index 0, flags UP, change UP
            0900 0300 7273743000 000000           IFLA_IFNAME "rst0"
            0a00 0100 02420ad20001 0000           IFLA_ADDRESS
            1000 1200                             IFLA_LINKINFO
              0b00 0100 62726964676500 00         IFLA_INFO_KIND "bridge"
            """)
    }

    @Test func vethIntoANamespaceAndOntoABridge() {
        let pair = VethPair(
            name: "rv1", bridge: 7, peerName: "eth0", peerMAC: [2, 0x42, 10, 210, 0, 2], peerNamespace: 5, mtu: 1500)
        expect(
            .createVeth(pair),
            """
            a8000000 1000 0006 00000000 00000000  RTM_NEWLINK, CREATE|EXCL
            00 00 0000 00000000 01000000 01000000 up at once
            0800 0300 72763100                    IFLA_IFNAME "rv1"
            0800 0400 dc050000                    IFLA_MTU 1500
            0800 1f00 01000000                    IFLA_NUM_TX_QUEUES 1
            0800 2000 01000000                    IFLA_NUM_RX_QUEUES 1
            0800 0a00 07000000                    IFLA_MASTER 7
            6000 1200                             IFLA_LINKINFO
              0900 0100 7665746800 000000         IFLA_INFO_KIND "veth"
              5000 0200                           IFLA_INFO_DATA
                4c00 0100                         VETH_INFO_PEER
                  00 00 0000 00000000 00000000 00000000
                  0800 1f00 01000000 0800 2000 01000000
                  0900 0300 6574683000 000000     IFLA_IFNAME "eth0"
                  0800 0400 dc050000              IFLA_MTU 1500
                  0a00 0100 02420ad20002 0000     IFLA_ADDRESS
                  0800 1c00 05000000              IFLA_NET_NS_FD 5
            """)
    }

    @Test func address() {
        expect(
            .addAddress([10, 210, 0, 1], prefixLength: 24, to: 3),
            """
            30000000 1400 0006 00000000 00000000  RTM_NEWADDR, CREATE|EXCL
            02 18 00 00 03000000                  AF_INET, /24, flags, scope, link 3
            0800 0200 0ad20001                    IFA_LOCAL
            0800 0100 0ad20001                    IFA_ADDRESS
            0800 0400 0ad200ff                    IFA_BROADCAST
            """)
    }

    @Test func defaultRoute() {
        expect(
            .addRoute(gateway: [10, 210, 0, 1], through: 3),
            """
            2c000000 1800 0006 00000000 00000000  RTM_NEWROUTE, CREATE|EXCL
            02 00 00 00 fe 03 00 01 00000000      AF_INET, main table, RTPROT_BOOT, universe, unicast
            0800 0500 0ad20001                    RTA_GATEWAY
            0800 0400 03000000                    RTA_OIF 3
            """)
    }

    @Test func deletion() {
        expect(
            .deleteLink("rv1"),
            """
            28000000 1100 0000 00000000 00000000  RTM_DELLINK
            00 00 0000 00000000 00000000 00000000
            0800 0300 72763100                    IFLA_IFNAME "rv1"
            """)
    }

    @Test func sequenceAndFlagsAreSetOnTheWay() {
        let numbered = NetlinkRequest.deleteLink("a").message.numbered(0x0102_0304, flags: 5)
        #expect(Array(numbered[6..<12]) == [5, 0, 4, 3, 2, 1])
    }

    @Test func refusalWithTheKernelsWords() throws {
        let datagram = bytes(
            """
            30000000 0200 0003 01000000 00000000  NLMSG_ERROR, CAPPED|ACK_TLVS
            efffffff                              -17
            4c000000 1000 0506 01000000 00000000  the request's header
            0b00 0100 65786973747300 00           NLMSGERR_ATTR_MSG "exists"
            """)
        let answers = NetlinkAnswer.parse(datagram[...])
        let answer = try #require(answers.first)
        #expect(answers.count == 1 && answer.sequence == 1)
        #expect(answer.errorCode == 17)
        #expect(answer.words == "exists")
    }

    @Test(arguments: [
        "", "10", "00000000 0000 0000 00000000 00000000", "ffffffff 0000 0000 00000000 00000000",
        "0f000000 0000 0000 00000000 00000000",
    ])
    func malformedDatagramsAreDropped(hex: String) {
        #expect(NetlinkAnswer.parse(bytes(hex)[...]).isEmpty)
    }

    @Test(arguments: ["", "0000 0100", "0300 0100", "0900 0100 00000000"])
    func malformedAttributesEndTheRun(hex: String) {
        #expect(Array(NetlinkAttributes(bytes(hex)[...])).isEmpty)
    }

    @Test func errorsTellWhatToDo() {
        let refused = NetlinkError(operation: "create the bridge rst0", errno: 1)
        #expect(
            refused.description
                == "can't create the bridge rst0: Operation not permitted; this needs CAP_NET_ADMIN: run as root")
        let worded = NetlinkError(operation: "add a rule", errno: 22, message: "unknown chain")
        #expect(worded.description == "can't add a rule: Invalid argument (unknown chain)")
    }

    private func expect(
        _ request: NetlinkRequest, _ annotated: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(hex(request.message.bytes) == hex(bytes(annotated)), sourceLocation: sourceLocation)
    }

    private func hex(_ bytes: [UInt8]) -> String {
        stride(from: 0, to: bytes.count, by: 4).map { start in
            bytes[start..<min(start + 4, bytes.count)].map { byte in
                let digits = String(byte, radix: 16)
                return digits.count == 1 ? "0" + digits : digits
            }.joined()
        }.joined(separator: " ")
    }

    /// The leading groups of hexadecimal digits of each line; what follows them is annotation.
    private func bytes(_ annotated: String) -> [UInt8] {
        annotated.split(separator: "\n").flatMap { line -> [UInt8] in
            let groups = line.split(separator: " ").prefix { group in
                group.count.isMultiple(of: 2) && group.allSatisfy { $0.isHexDigit && !$0.isUppercase }
            }
            let digits = Array(groups.joined())
            return stride(from: 0, to: digits.count, by: 2).compactMap { start in
                UInt8(String(digits[start...start + 1]), radix: 16)
            }
        }
    }
}
