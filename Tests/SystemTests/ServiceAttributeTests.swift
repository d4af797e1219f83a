import Testing

/// One attribute: the lines of the service, what the file holds beside it, a look from inside, and what is seen.
struct Attribute: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let service: String
    let beside: String
    let look: String
    let seen: String
    /// Whether the image's own command runs where the service has none; else one that only sleeps.
    let runsImage: Bool

    init(
        _ name: String, _ service: String, runsImage: Bool = false, beside: String = "", look: String = "",
        seen: String = ""
    ) {
        (testDescription, self.service, self.beside, self.look, self.seen) = (name, service, beside, look, seen)
        self.runsImage = runsImage
    }

    /// The stack with a service `it` that has the attribute.
    var compose: String {
        let lines = [
            service.contains("image:") ? "" : "image: \(busybox())",
            runsImage || Self.isProgram(service) ? "" : sleeping,
        ]
        let body = (lines + service.split(separator: "\n").map(String.init)).filter { !$0.isEmpty }
        return "services:\n  it:\n" + body.map { "    \($0)\n" }.joined() + beside
    }

    private var sleeping: String { "command: [sleep, \"1000000\"]" }

    private static func isProgram(_ text: String) -> Bool { text.contains("command:") || text.contains("entrypoint:") }
}

@Suite("Service attributes, seen from inside", .asRoot, .reported)
struct ServiceAttributeTests {
    @Test("An attribute works in the container", arguments: Self.program + Self.files + Self.identity + Self.kernel)
    func works(attribute: Attribute) async throws {
        try await onHost { host in
            try host.write("it.env", "FROM_FILE=file\n# a comment\nSHARED=file\nQUOTED=\"two words\"\n")
            try host.write("bound/file", "bound\n")
            try host.write("secret.txt", "hidden\n")
            try await host.up(compose: attribute.compose)
            let seen = try await host.inside("it", attribute.look)
            #expect(seen == attribute.seen)
        }
    }

    static let program: [Attribute] = [
        Attribute(
            "command as a list", "command: [sleep, \"1000000\"]", look: "tr '\\0' ' ' </proc/1/cmdline",
            seen: "sleep 1000000 "),
        Attribute(
            "command as text", "command: sleep \"1000000\"", look: "tr '\\0' ' ' </proc/1/cmdline",
            seen: "sleep 1000000 "),
        Attribute(
            "entrypoint with command",
            "entrypoint: [sh, -c, 'echo $$0 >/tmp/seen; exec sleep 1000000']\ncommand: [argument]",
            look: "cat /tmp/seen", seen: "argument"),
        Attribute(
            "entrypoint drops the image's command", "image: \(busybox("configured"))\nentrypoint: [sleep, \"1000000\"]",
            look: "tr '\\0' ' ' </proc/1/cmdline", seen: "sleep 1000000 "),
        Attribute(
            "the image's configuration", "image: \(busybox("configured"))", runsImage: true,
            look: "echo $FROM_IMAGE $(id -un) $PWD", seen: "image app /home/app"),
        Attribute(
            "environment as a map", "environment: {A: one, B: 2, C: true, EMPTY: \"\"}",
            look: "echo $A $B $C ${EMPTY-unset}",
            seen: "one 2 true"),
        Attribute(
            "environment as a list", "environment: [A=one, \"B=two words\"]", look: "echo \"$A,$B\"",
            seen: "one,two words"),
        Attribute(
            "environment wins over env_file and image",
            "image: \(busybox("configured"))\nuser: root\nentrypoint: [sleep, \"1000000\"]\n"
                + "env_file: it.env\nenvironment: {SHARED: file over}",
            look: "echo $FROM_IMAGE,$FROM_FILE,$SHARED,$QUOTED", seen: "image,file,file over,two words"),
        Attribute(
            "env_file that isn't required", "env_file: [{path: it.env}, {path: none.env, required: false}]",
            look: "echo $FROM_FILE",
            seen: "file"),
        Attribute("working_dir is made", "working_dir: /deep/down", look: "readlink /proc/1/cwd", seen: "/deep/down"),
        Attribute(
            "init", "init: true",
            look: "test $(tr '\\0' ' ' </proc/1/cmdline | grep -c '^sleep') = 0 && pidof sleep | wc -w", seen: "1"),
        Attribute("without init the command is process 1", "init: false", look: "pidof sleep", seen: "1"),
        Attribute("tty", "tty: true", look: "readlink /proc/1/fd/0", seen: "/dev/pts/0"),
        Attribute(
            "without tty standard input is empty", "tty: false", look: "readlink /proc/1/fd/0", seen: "/dev/null"),
        Attribute(
            "stdin_open", "command: [sh, -c, \"cat; echo ended >/tmp/seen; exec sleep 1000000\"]\nstdin_open: true",
            look: "sleep 0.2; cat /tmp/seen 2>/dev/null || echo open", seen: "open"),
        // Of the masks the part below the two signals that the C library keeps for itself.
        Attribute(
            "no signal is blocked or ignored", "init: false",
            look: "awk '/^Sig(Blk|Ign)/ {print substr($2, 10)}' /proc/1/status",
            seen: "0000000\n0000000"),
        Attribute(
            "interpolation", "environment: {A: \"${UNSET:-default}\", B: \"$${LITERAL}\"}", look: "echo $A $B",
            seen: "default ${LITERAL}"),
    ]

    static let files: [Attribute] = [
        Attribute(
            "named volume", "volumes: [data:/data]", beside: "volumes: {data: {}}\n",
            look: "echo x >/data/x && grep -c ' /data ' /proc/self/mountinfo", seen: "1"),
        Attribute(
            "anonymous volume", "volumes: [/data]", look: "echo x >/data/x && grep -c ' /data ' /proc/self/mountinfo",
            seen: "1"),
        Attribute("bind", "volumes: [./bound:/bound]", look: "cat /bound/file", seen: "bound"),
        Attribute(
            "bind, read-only", "volumes: [./bound:/bound:ro]",
            look: "(echo x >/bound/x) 2>&1 | grep -o 'Read-only file system'; cat /bound/file",
            seen: "Read-only file system\nbound"),
        Attribute("bind of one file", "volumes: [./bound/file:/etc/one]", look: "cat /etc/one", seen: "bound"),
        Attribute(
            "bind makes its source in the short form", "volumes: [./made:/made]", look: "test -d /made && echo made",
            seen: "made"),
        Attribute(
            "bind in the long form", "volumes: [{type: bind, source: ./bound, target: /bound, read_only: true}]",
            look: "(echo x >/bound/x) 2>/dev/null || cat /bound/file", seen: "bound"),
        Attribute(
            "volume of type tmpfs", "volumes: [{type: tmpfs, target: /fast, tmpfs: {size: 1m, mode: 0o1770}}]",
            look: "stat -c %a /fast; stat -f -c %T /fast; df -k /fast | awk 'END {print $2}'", seen: "1770\ntmpfs\n1024"
        ),
        Attribute(
            "tmpfs", "tmpfs: [/fast, \"/small:size=64k,mode=700\"]",
            look: "stat -f -c %T /fast; df -k /small | awk 'END {print $2}'; stat -c %a /small", seen: "tmpfs\n64\n700"),
        Attribute(
            "a new volume takes the image's content, owner and mode",
            "image: \(busybox("volume"))\nvolumes: [data:/content]",
            beside: "volumes: {data: {}}\n", look: "cat /content/seed; stat -c '%u %g %a' /content /content/seed",
            seen: "seed\n1000 2000 750\n1000 2000 640"),
        Attribute(
            "the image's volumes", "image: \(busybox("volume"))",
            look: "grep -c ' /content ' /proc/self/mountinfo; cat /content/seed", seen: "1\nseed"),
        Attribute(
            "an image of layers with whiteouts", "image: \(busybox("layers"))",
            look: "ls /layers /layers/replaced; stat -c '%u %g %a' /layers/replaced/new",
            seen: "/layers:\nkept\nreplaced\n\n/layers/replaced:\nnew\n1000 2000 640"),
        Attribute(
            "read_only", "read_only: true\ntmpfs: /tmp",
            look: "(echo x >/x) 2>/dev/null || echo x >/tmp/x && cat /tmp/x", seen: "x"),
        Attribute(
            "secret from a file", "secrets: [password]", beside: "secrets: {password: {file: ./secret.txt}}\n",
            look: "cat /run/secrets/password; (echo x >/run/secrets/password) 2>/dev/null || echo protected",
            seen: "hidden\nprotected"),
        Attribute(
            "secret with target, owner and mode",
            "secrets: [{source: password, target: /etc/pw, uid: \"1000\", gid: \"2000\", mode: 0o440}]",
            beside: "secrets: {password: {file: ./secret.txt}}\n", look: "stat -c '%u %g %a' /etc/pw; cat /etc/pw",
            seen: "1000 2000 440\nhidden"),
        Attribute(
            "secret from the environment", "secrets: [token]", beside: "secrets: {token: {environment: HOME}}\n",
            look: "grep -c '^/tmp/roost-' /run/secrets/token", seen: "1"),
        Attribute(
            "config with content and interpolation", "configs: [{source: site, target: /etc/site.conf, mode: 0o400}]",
            beside: "configs: {site: {content: \"name=${UNSET:-x}\\n\"}}\n",
            look: "cat /etc/site.conf; stat -c %a /etc/site.conf", seen: "name=x\n400"),
        Attribute(
            "config from a file", "configs: [site]", beside: "configs: {site: {file: ./bound/file}}\n",
            look: "cat /site", seen: "bound"),
        Attribute("shm_size", "shm_size: 8m", look: "df -k /dev/shm | awk 'END {print $2}'", seen: "8192"),
    ]

    static let identity: [Attribute] = [
        Attribute(
            "user by name, with its groups", "user: app", look: "id -u; id -g; id -G", seen: "1000\n1000\n1000 2000"),
        Attribute("user by number", "user: \"1234:4321\"", look: "id -u; id -g", seen: "1234\n4321"),
        Attribute(
            "user of process 1", "user: app", look: "awk '/^[UG]id/ {print $2, $3}' /proc/1/status",
            seen: "1000 1000\n1000 1000"),
        Attribute(
            "hostname", "hostname: box", look: "hostname; cat /etc/hostname; grep -cw box /etc/hosts",
            seen: "box\nbox\n1"),
        Attribute(
            "hostname is the id's start without one", "labels: {a: b}", look: "hostname | grep -cE '^[0-9a-f]{12}$'",
            seen: "1"),
        Attribute(
            "extra_hosts", "extra_hosts: [\"far:203.0.113.7\", \"near=203.0.113.8\"]",
            look: "awk '/203.0.113/ {print $1, $2}' /etc/hosts | sort",
            seen: "203.0.113.7 far\n203.0.113.8 near"),
        Attribute(
            "dns", "dns: [198.51.100.1]\ndns_search: example.test\ndns_opt: [ndots:2]",
            look:
                "grep ^nameserver /etc/resolv.conf; grep -o 'example.test' /etc/resolv.conf; nslookup outside.test | awk '/^Address/ {a = $2} END {print a}'",
            seen: "nameserver 127.0.0.11\nexample.test\n198.51.100.1"),
        Attribute(
            "mac_address", "mac_address: 02:42:ac:11:00:99", look: "cat /sys/class/net/eth0/address",
            seen: "02:42:ac:11:00:99"),
        Attribute(
            "container_name", "container_name: chosen", look: "nslookup chosen >/dev/null && echo found", seen: "found"),
    ]

    static let kernel: [Attribute] = [
        Attribute(
            "pid: host", "pid: host",
            look: "test $(ls -d /proc/[0-9]* | wc -l) -gt 3 && echo \"$(readlink /proc/self/ns/pid)\" | grep -c pid",
            seen: "1"),
        Attribute(
            "the pid namespace is its own", "", look: "ls -d /proc/1 && cat /proc/1/comm", seen: "/proc/1\nsleep"),
        Attribute("ipc: none", "ipc: none", look: "grep -q ' /dev/shm ' /proc/mounts || echo nothing", seen: "nothing"),
        Attribute(
            "ipc: shareable", "ipc: shareable", look: "grep -q ' /dev/shm ' /proc/mounts && echo own", seen: "own"),
        Attribute(
            "uts: host", "uts: host", look: "test $(cat /proc/sys/kernel/hostname) = $(cat /etc/hostname) && echo same",
            seen: "same"),
        Attribute(
            "cgroup: host", "cgroup: host",
            look: "grep -c roost /proc/self/cgroup | grep -vx 0 >/dev/null && echo seen", seen: "seen"),
        Attribute(
            "annotations are in the bundle and harm nobody", "annotations: {com.example.a: b}", look: "echo there",
            seen: "there"),
        Attribute("default capabilities are Docker's", "labels: {a: b}", look: capabilities, seen: "00000000a80425fb"),
        Attribute("cap_add", "cap_add: [SYS_PTRACE, CAP_NET_ADMIN]", look: capabilities, seen: "00000000a80c35fb"),
        Attribute("cap_drop", "cap_drop: [ALL]\ncap_add: [CHOWN]", look: capabilities, seen: "0000000000000001"),
        Attribute(
            "a user that isn't root has no capabilities", "user: app", look: capabilities, seen: "0000000000000000"),
        Attribute(
            "privileged", "privileged: true",
            look:
                "test $((0x$(awk '/^CapEff/ {print $2}' /proc/1/status) >> 21 & 1)) = 1 && awk '/^Seccomp:/ {print $2}' /proc/1/status",
            seen: "0"),
        Attribute(
            "seccomp filters by default", "labels: {a: b}", look: "awk '/^Seccomp:/ {print $2}' /proc/1/status",
            seen: "2"),
        Attribute(
            "seccomp=unconfined", "security_opt: [\"seccomp:unconfined\"]",
            look: "awk '/^Seccomp:/ {print $2}' /proc/1/status", seen: "0"),
        Attribute(
            "seccomp stops mount", "cap_drop: [SYS_ADMIN]", look: "mount -t tmpfs x /tmp 2>/dev/null || echo refused",
            seen: "refused"),
        Attribute(
            "no-new-privileges", "security_opt: [no-new-privileges:true]",
            look: "awk '/^NoNewPrivs/ {print $2}' /proc/1/status", seen: "1"),
        Attribute(
            "new privileges by default", "labels: {a: b}", look: "awk '/^NoNewPrivs/ {print $2}' /proc/1/status",
            seen: "0"),
        Attribute(
            "ulimits", "ulimits: {nofile: {soft: 100, hard: 200}, core: 0}",
            look: "awk '/open files/ {print $4, $5} /core file/ {print $5, $6}' /proc/1/limits", seen: "0 0\n100 200"),
        Attribute(
            "sysctls", "sysctls: {net.core.somaxconn: 321}", look: "cat /proc/sys/net/core/somaxconn", seen: "321"),
        Attribute(
            "sysctls as a list", "sysctls: [net.ipv4.ip_unprivileged_port_start=99]",
            look: "cat /proc/sys/net/ipv4/ip_unprivileged_port_start", seen: "99"),
        Attribute(
            "processes of others aren't seen", "labels: {a: b}",
            look: "ls -d /proc/[0-9]* | wc -l | awk '{print ($1 < 8)}'", seen: "1"),
        Attribute(
            "masked and read-only paths", "labels: {a: b}",
            look:
                "wc -c </proc/kcore 2>/dev/null || echo 0; (echo 1 >/proc/sys/vm/drop_caches) 2>/dev/null || echo protected; ls /sys/firmware | wc -l",
            seen: "0\nprotected\n0"),
        Attribute(
            "devices", "labels: {a: b}",
            look:
                "cd /dev; for d in null zero full random urandom tty; do test -c $d || echo $d; done; ls -d pts shm mqueue fd ptmx | wc -l",
            seen: "5"),
        Attribute(
            "no block device can be opened", "labels: {a: b}",
            look: "mknod /tmp/disk b 254 0 && (head -c1 /tmp/disk) 2>/dev/null || echo refused", seen: "refused"),
    ]

    private static let capabilities = "awk '/^CapEff/ {print $2}' /proc/1/status"
}
