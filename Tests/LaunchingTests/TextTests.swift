import Testing

@testable import Launching

@Suite struct TextTests {
    @Test func programReadsStepByStep() {
        #expect(
            samplePrograms()[0].text == #"""
                launch c1
                  outside[0] hold-port 0.0.0.0:8080/tcp
                  outside[1] hold-port [0:0:0:0:0:0:0:1]:53/udp shared with 12,56
                  outside[2] new-network
                  outside[3] link eth0 mac=02:42:0a:00:00:02 mtu=1500 host=rv12ab bridge=rst0123
                  outside[4] address eth0 10.0.0.2/24
                  outside[5] route default via 10.0.0.1
                  outside[6] route 10.1.0.0/16 via 10.0.0.9
                  outside[7] name-sockets 127.0.0.11:53
                  outside[8] hook /usr/bin/hook hook "a b" timeout=5s
                  outside[9] directory /run/x mode=0700
                  namespaces new=mount,pid
                  join network /proc/7/ns/net
                  cgroup roost/c1
                    v2 /cg/unified
                      device-filter 4 instructions f160fd08b6d9aac5
                        deny all
                        allow c 1:3 rw
                    v1 /cg/memory memory
                      write memory.limit_in_bytes 1073741824
                      write memory.memsw.limit_in_bytes 2147483648 if-there
                    v1 /cg/blkio blkio
                      write blkio.weight 300 or=blkio.bfq.weight
                  inside[0] private-propagation
                  inside[1] overlay-root /r lower=/l/2:/l/1 upper=/u work=/w nodev
                  inside[2] bind-root /s /r
                  inside[3] mount tmpfs tmpfs /dev nosuid,noexec data=mode=755
                  inside[4] bind /data /var/data ro recursive
                  inside[5] device /dev/null 1:3 mode=0666
                  inside[6] symbolic-link /dev/ptmx -> pts/ptmx
                  inside[7] file /etc/hosts mode=0644 owner=0:0 20 bytes c121b8d81e1fa1b3
                  inside[8] directory /work mode=0755 owner=1:2
                  inside[9] mask /proc/kcore
                  inside[10] read-only /proc/sys
                  inside[11] pivot-root
                  inside[12] read-only-root
                  inside[13] sysctl net.core.somaxconn=1024
                  inside[14] hostname web
                  inside[15] domainname lan
                  inside[16] hook /usr/bin/hook hook "a b" timeout=5s
                  inside[17] bind a/b within /volume /part nodev
                  process /bin/sh -c "echo \"hi\""
                    environment PATH=/bin
                    environment "X=a b"
                    directory /work
                    user 1:2 groups=3,4 umask=027
                    capabilities bounding net_bind_service
                    capabilities effective net_bind_service
                    capabilities permitted net_bind_service
                    capabilities inheritable chown
                    capabilities ambient chown
                    limit nofile=1024:unlimited
                    oom-score-adjustment -5
                    no-new-privileges
                    seccomp 2 instructions 783016e552b0b765
                    terminal
                    open-standard-input
                    scheduler policy=3 nice=-4
                    io-priority 2:5
                    personality 8
                    label exec "a b"
                    seccomp-flags 6
                    initial-processors 0
                    final-processors 0,1
                    reaper
                  monitor /run/roost/c/1 bundle=/bundle
                    log /log maximum-size=1000 files=3
                    supervisor /run/roost/alive lock=/run/roost/lock
                    supervisor-command /usr/bin/roost supervise
                    poststop hook /usr/bin/hook hook "a b" timeout=5s
                    links rv12ab

                """#)
    }

    @Test func emptyProgramReadsShortly() {
        #expect(
            samplePrograms()[1].text == """
                launch empty
                  namespaces new=mount,uts,ipc,pid,cgroup
                  process
                    directory /
                    user 0:0
                  monitor ""

                """)
    }

    @Test func furtherProcessReadsStepByStep() {
        #expect(
            sampleExec.text == """
                exec c1 pid=77 started=12345 timeout-milliseconds=5000
                  cgroup roost/c1
                  process id
                    environment A=b
                    directory /
                    user 0:0

                """)
    }

    @Test(arguments: [
        ("plain", "plain"), ("", "\"\""), ("a b", "\"a b\""), ("it's", "\"it's\""), ("a=b/c.d", "a=b/c.d"),
        ("a\nb", "\"a\\nb\""),
    ])
    func wordsAreQuotedWhenNeeded(_ input: String, _ output: String) {
        #expect(ProgramText.word(input) == output)
    }
}
