import Foundation
import Glibc
import Testing

@Suite("The caller's control group", .asRoot, .reported)
struct OwnCgroupTests {
    /// Where a service manager or a CI runner would put its job: every hierarchy of this host.
    private static let points = "$(ls -d /sys/fs/cgroup/*/ | grep -v -e cpuset) /sys/fs/cgroup/"

    @Test("Ending the control group of whoever called up ends no container, and down leaves no group")
    func callersGroupIsLeft() async throws {
        try await onHost { host in
            try host.compose(Attribute("", "mem_limit: 64m").compose)
            let up = """
                for point in \(Self.points); do
                  test -e $point/cgroup.procs && mkdir -p $point/job && echo $$ > $point/job/cgroup.procs
                done
                cut -d: -f3 /proc/self/cgroup | grep -c job
                \(join(Requirements.binaries, "roost")) up -d >&2
                """
            let job = try await host.shell(up).succeeds()
            #expect(Int(job.lines.last ?? "") ?? 0 > 0, "the job was in no group of its own: \(job)")
            let processes = [
                try await host.supervisor(), try await host.shim(of: "it"), try await host.mainProcess(of: "it"),
            ]
            for process in processes {
                let groups = try host.read("/proc/\(process)/cgroup")
                #expect(!groups.split(separator: "\n").contains { $0.hasSuffix("/job") }, "\(groups)")
            }
            let end = """
                for point in \(Self.points); do
                  for process in $(cat $point/job/cgroup.procs 2>/dev/null); do kill -KILL $process; done
                done
                for point in \(Self.points); do test -e $point/job && rmdir $point/job; done; true
                """
            try await host.shell(end).succeeds()
            #expect(try await host.states() == ["it-1": "running"])
            #expect(try await host.supervisor() == processes[0])
            try await host.roost("down", "-t", "0").succeeds()
        }
    }
}
