import Foundation
import Testing

extension Host {
    /// What exists on this host now, as lines of text: processes, mounts, links, nftables, routes, cgroups, and the
    /// files of stacks and containers.
    func snapshot() async throws -> Set<String> {
        let names = Array(stackNames)
        let answer = try await ask { SnapshotRequest(snapshot: $0, roots: [root, runRoot], names: names) }
        return Set(try JSONDecoder().decode([String].self, from: Data(answer.utf8)))
    }

    /// A power cut and a new start: no process, mount, link, table or cgroup of before, an empty run directory.
    func reboot() async throws {
        _ = try await ask { RebootRequest(reboot: $0, roots: [root, runRoot]) }
        try FileManager.default.removeItem(atPath: runRoot)
    }

    /// Records a failure when something is there that was not there `before`. Images stay, and nothing else.
    func expectNothingLeft(since before: Set<String>, at location: SourceLocation = #_sourceLocation) async throws {
        var left: [String] = []
        do {
            try await eventually("nothing is left", within: .seconds(40), every: .milliseconds(100)) {
                left = try await snapshot().subtracting(before).sorted()
                return left.isEmpty
            }
        } catch is ScenarioFailure {
            Issue.record("left behind:\n\(left.joined(separator: "\n"))", sourceLocation: location)
        }
    }

    /// Takes down every stack of the scenario, with its volumes.
    func takeDown() async throws {
        for stack in stackNames.sorted() {
            let running = try start(roost: ["-p", stack, "down", "-v", "-t", "0", "--remove-orphans"])
            let outcome = try await running.outcome()
            if outcome.status != 0 { Issue.record("down failed: \(outcome)") }
        }
    }

    /// What the machine under the tests has, which no scenario may change.
    func machine() async throws -> [String] {
        let enter = "nsenter --net=/proc/\(getpid())/ns/net"
        let script = """
            \(enter) ip -o link | cut -d' ' -f1-3; \(enter) ip route; \(enter) ip rule; \(enter) nft list ruleset
            \(enter) sysctl -n net.ipv4.ip_forward net.ipv4.conf.all.route_localnet
            # A unit test that runs beside mounts something in a directory of its own for a moment.
            grep roost /proc/\(getpid())/mounts | grep -v /tmp/roost-volumes-
            """
        return try await shell(script).lines
    }

    private struct SnapshotRequest: Encodable {
        let snapshot: String
        let roots: [String]
        let names: [String]
    }

    private struct RebootRequest: Encodable {
        let reboot: String
        let roots: [String]
    }
}
