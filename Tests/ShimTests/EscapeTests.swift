import Glibc
import Kernel
import Launching
import OCI
import Testing

/// What an image or a neighbour could try while a container is set up or entered. Each attack worked once, here or in
/// another runtime; docs/security.md names them.
@Suite(.enabled(if: ShimFixture.obstacle == nil, Comment(rawValue: ShimFixture.obstacle ?? "")))
struct EscapeTests {
    /// Launches a script; the answer, and the output if it ran.
    private func attempt(
        _ script: String, image: (ShimFixture) throws -> Void, devices: [RuntimeConfiguration.DeviceRule] = [],
        program change: (inout LaunchProgram) -> Void
    ) throws -> (answer: LaunchAnswer, output: String) {
        let fixture = try ShimFixture()
        try image(fixture)
        let program = try fixture.program(["sh", "-c", script]) {
            if !devices.isEmpty { $0.cgroup = try fixture.limits { $0.devices = devices } }
            change(&$0)
        }
        let shim = try StartedShim(fixture, program)
        defer { withExtendedLifetime(fixture) {} }
        if shim.answer.error != nil { return (shim.answer, "") }
        _ = try shim.exit()
        return (shim.answer, try shim.output() + shim.output("stderr"))
    }

    private func attempt(
        _ script: String, image: (ShimFixture) throws -> Void
    ) throws -> (answer: LaunchAnswer, output: String) {
        try attempt(script, image: image, program: { _ in })
    }

    private func attempt(
        _ script: String, devices: [RuntimeConfiguration.DeviceRule] = [], program change: (inout LaunchProgram) -> Void
    ) throws -> (answer: LaunchAnswer, output: String) {
        try attempt(script, image: { _ in }, devices: devices, program: change)
    }

    // MARK: Devices

    /// As Docker's: nodes may be made, and only the container's own be used.
    private static let rules: [RuntimeConfiguration.DeviceRule] = [
        .init(allow: false), .init(allow: true, type: "c", access: "m"), .init(allow: true, type: "b", access: "m"),
        .init(allow: true, type: "c", major: 1, minor: 3), .init(allow: true, type: "c", major: 1, minor: 5),
    ]

    @Test(arguments: ["/d", "/dev/d", "/dev/shm/d", "/dev/pts/d", "/dev/mqueue/d", "/tmp/d", "/data/d"])
    func madeNodesOpenNothing(_ node: String) throws {
        // The memory devices are there on every machine: the one that a container has, by another name.
        let script =
            "mknod \(node) c 1 5 && dd if=\(node) bs=1 count=1 of=/dev/null && echo opened; cat /dev/zero | "
            + "dd bs=1 count=1 of=/dev/null && echo works"
        let result = try attempt(
            script,
            program: { program in
                let data = program.monitor.bundle + "/data"
                mkdir(data, 0o755)
                program.inside.insert(
                    contentsOf: [
                        .bind(source: data, target: "/data", flags: .noDevices, recursive: true),
                        .mount(
                            type: "tmpfs", source: "shm", target: "/dev/shm", flags: [.noSUID, .noDevices], data: ""),
                        .mount(type: "tmpfs", source: "t", target: "/tmp", flags: [.noSUID, .noDevices], data: ""),
                    ], at: 8)
            })
        #expect(result.answer.error == nil, "\(result.answer)")
        #expect(!result.output.contains("opened"))
        #expect(result.output.contains("works"))
    }

    @Test func deviceGroupHoldsWhereAMountDoesNot() throws {
        let script =
            "mknod /null c 1 3; mknod /full c 1 7; mknod /loop b 7 0; "
            + "for node in null full loop; do (exec 3< /$node) && echo $node; done"
        let result = try attempt(
            script,
            devices: Self.rules,
            program: { program in
                for index in program.inside.indices {
                    if case .overlayRoot(let lower, let upper, let work, let target, _) = program.inside[index] {
                        program.inside[index] = .overlayRoot(
                            lower: lower, upper: upper, work: work, target: target, noDevices: false)
                    }
                }
            })
        #expect(result.output.contains("null\n"), "its own devices work: \(result)")
        #expect(!result.output.contains("full\n"))
        #expect(!result.output.contains("loop\n"))
        #expect(result.output.contains("not permitted"), "\(result)")
    }

    @Test func devicesOfAFurtherProcessAreLimitedToo() throws {
        let running = try RunningContainer(limits: { $0.devices = Self.rules })
        let result = try running.execute(["sh", "-c", "mknod /dev/f c 1 7; cat /dev/f; cat /proc/self/cgroup"])
        #expect(result.errors.contains("not permitted") || result.errors.contains("denied"), "\(result)")
        try running.end()
    }

    @Test func deviceStepFollowsNoLinkOfTheImage() throws {
        let result = try attempt(
            "ls /",
            image: { fixture in
                symlink("/../..", fixture.directory + "/lower/dev")
            })
        #expect(result.answer.errno == ELOOP, "\(result)")
        let place = try attempt(
            "ls /",
            image: { fixture in
                mkdir(fixture.directory + "/lower/nodes", 0o755)
                symlink("/proc/1/root", fixture.directory + "/lower/nodes/full")
            },
            program: { program in
                program.inside.insert(.device(path: "/nodes/full", major: 1, minor: 7, mode: 0o666), at: 8)
            })
        #expect(place.answer.error?.contains("/nodes/full") == true, "\(place)")
    }

    @Test(arguments: [S_IFIFO, S_IFREG, S_IFDIR])
    func whatIsNoDeviceIsNotTakenForOne(_ kind: mode_t) throws {
        let result = try attempt(
            "true",
            image: { fixture in
                mkdir(fixture.directory + "/lower/nodes", 0o755)
                let path = fixture.directory + "/lower/nodes/null"
                if kind == S_IFDIR { mkdir(path, 0o755) } else { mknod(path, kind | 0o666, 0) }
            },
            program: { program in
                program.inside.insert(.device(path: "/nodes/null", major: 1, minor: 3, mode: 0o666), at: 8)
            })
        #expect(result.answer.error?.contains("something else is there") == true, "\(result)")
    }

    // MARK: Descriptors

    @Test(arguments: 0...12)
    func workingDirectoryIsNoOpenDescriptor(_ number: Int32) throws {
        for path in ["/proc/self/fd/\(number)", "/link", "/proc/self/fd/\(number)/../.."] {
            let result = try attempt(
                "pwd; ls",
                image: { fixture in
                    symlink("/proc/self/fd/\(number)", fixture.directory + "/lower/link")
                },
                program: {
                    $0.process.workingDirectory = path
                })
            #expect(result.answer.error != nil, "\(path): \(result.output)")
        }
    }

    @Test(arguments: [0, 1000] as [UInt32])
    func furtherProcessEntersNoOpenDescriptor(_ user: UInt32) throws {
        let running = try RunningContainer()
        for number in 0...20 {
            let result = try running.execute(["ls", "-a", "."], inheriting: "/") {
                $0.process.workingDirectory = "/proc/self/fd/\(number)"
                $0.process.user = user
            }
            #expect(result.code == 125, "\(result)")
        }
        try running.end()
    }

    @Test func furtherProcessHasNoneOfTheCallersDescriptors() throws {
        let running = try RunningContainer()
        let result = try running.execute(["ls", "/proc/self/fd"], inheriting: "/etc")
        #expect(result.output == "0\n1\n2\n3\n")
        try running.end()
    }

    // MARK: Places of the system

    /// (what the image does, a part of the message)
    @Test(arguments: ["proc", "sys", "dev"])
    func systemDirectoryIsNoLink(_ name: String) throws {
        for target in ["/../p", "p", "/", "/tmp"] {
            let result = try attempt(
                "true",
                image: { fixture in
                    mkdir(fixture.directory + "/lower/p", 0o755)
                    symlink(target, fixture.directory + "/lower/" + name)
                })
            #expect(
                result.answer.error?.contains("/\(name), which the image made a symbolic link") == true, "\(result)")
        }
    }

    @Test(arguments: ["/", "/link", "/.", "/etc/..", "/deep/link"])
    func nothingIsMountedOnTheRootItself(_ target: String) throws {
        let result = try attempt(
            "true",
            image: { fixture in
                symlink("/", fixture.directory + "/lower/link")
                mkdir(fixture.directory + "/lower/deep", 0o755)
                symlink("../..", fixture.directory + "/lower/deep/link")
            },
            program: { program in
                let volume = program.monitor.bundle + "/volume"
                mkdir(volume, 0o755)
                program.inside.insert(.bind(source: volume, target: target, flags: .noDevices, recursive: true), at: 8)
            })
        #expect(result.answer.error?.contains("the root directory itself") == true, "\(result)")
    }

    @Test(arguments: ["/proc", "/proc/sys", "/proc/acpi", "/proc/1", "/sys", "/data", "/x/../proc"])
    func volumeCoversNothingOfTheKernels(_ target: String) throws {
        for link in ["/proc", "/sys", "/proc/sys", "/dev"] {
            let result = try attempt(
                "true",
                image: { fixture in
                    symlink(link, fixture.directory + "/lower/data")
                },
                program: { program in
                    let volume = program.monitor.bundle + "/volume"
                    mkdir(volume, 0o755)
                    program.inside.insert(
                        .bind(source: volume, target: target, flags: .noDevices, recursive: true), at: 8)
                })
            #expect(result.answer.error?.hasPrefix("mount on \(RootDirectory.cleaned(target))") == true, "\(result)")
        }
    }

    // MARK: What the starter had

    /// Ignores the signals that the C library keeps for itself, which its own functions can't, and lowers the priority.
    private static let careless = """
        import ctypes, os, sys
        handler = (ctypes.c_ulong * 4)(1, 0, 0, 0)
        for number in (1, 15, 32, 33, 40): ctypes.CDLL(None).syscall(13, number, handler, None, 8)
        os.nice(3)
        os.execv(sys.argv[1], sys.argv[1:])
        """

    @Test(.enabled(if: Files.exists("/usr/bin/python3"), "needs python3"), .enabled(if: isX86, "numbers of x86-64"))
    func signalsAndPriorityAreTheUsualOnes() throws {
        let fixture = try ShimFixture()
        let script = "busybox grep SigIgn /proc/self/status; busybox cut -d' ' -f19 /proc/self/stat"
        let shim = try StartedShim(
            fixture, try fixture.program(["sh", "-c", script]), wrapper: ["/usr/bin/python3", "-c", Self.careless])
        #expect(shim.answer.error == nil, "\(shim.answer)")
        _ = try shim.exit()
        #expect(try shim.output() == "SigIgn:\t0000000000000000\n0\n")
    }

    private static var isX86: Bool {
        #if arch(x86_64)
            true
        #else
            false
        #endif
    }

    // MARK: Parts of volumes

    @Test(
        arguments: [
            ("real", true), ("inside", true), ("real/../real", true), ("link", false), ("root", false), ("..", false),
            ("real/../../x", false), ("real/up", false), ("up/real", false), ("magic", false), ("missing", false),
        ])
    func partOfAVolumeIsInIt(_ part: String, _ isInside: Bool) throws {
        let result = try attempt(
            "ls /part",
            program: { program in
                let volume = program.monitor.bundle + "/volume"
                for name in ["", "/real", "/real/mine"] { mkdir(volume + name, 0o755) }
                for (name, target) in [
                    ("inside", "real"), ("link", "/etc"), ("root", "/"), ("real/up", "../.."), ("up", ".."),
                    ("magic", "/proc/self/root"),
                ] { symlink(target, "\(volume)/\(name)") }
                program.inside.insert(
                    .bind(source: part, within: volume, target: "/part", flags: .noDevices, recursive: true), at: 8)
            })
        if isInside {
            #expect(result.output == "mine\nup\n", "\(result)")
        } else {
            #expect(result.answer.error?.contains("bind source") == true, "\(result)")
        }
    }

    @Test func fileOfProcMayBeCovered() throws {
        let result = try attempt(
            "cat /proc/uptime",
            program: { program in
                let file = program.monitor.bundle + "/uptime"
                // `try?`: the output tells.
                try? Files.replace(file, with: Array("never\n".utf8))
                program.inside.insert(.bind(source: file, target: "/proc/uptime", flags: [], recursive: false), at: 8)
            })
        #expect(result.output == "never\n")
    }

    @Test func masksOfWhatIsNotTheKernelsAreRefused() throws {
        for name in ["proc", "sysfs"] {
            let result = try attempt(
                "true",
                image: {
                    mkdir($0.directory + "/lower/proc", 0o755)
                    mkdir($0.directory + "/lower/sys", 0o755)
                },
                program: { program in
                    program.inside.removeAll {
                        if case .mount(name, _, _, _, _) = $0 { true } else { false }
                    }
                })
            #expect(result.answer.error?.contains("which is not the kernel's") == true, "\(result)")
        }
    }

    @Test func masksHideAndMissingOnesAreOnlyMissing() throws {
        let result = try attempt(
            "cat /proc/timer_list; ls /proc/scsi /sys/firmware; echo end",
            program: { program in
                program.inside += [.mask("/proc/timer_list"), .mask("/proc/scsi"), .mask("/proc/no-such-thing")]
            })
        #expect(result.answer.error == nil, "\(result)")
        #expect(result.output.hasPrefix("/sys/firmware:\nend\n"), "\(result)")
        #expect(!result.output.contains("HRTIMER"))
    }
}
