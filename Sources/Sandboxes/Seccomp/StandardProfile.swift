/// What a container may ask of the kernel unless its service says otherwise: the same decisions as Docker's default
/// profile, arranged by what they depend on. Everything else fails with EPERM.
extension SeccompProfile {
    public static let standard = SeccompProfile(
        defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 1,
        archMap: [
            Architecture(architecture: "SCMP_ARCH_X86_64", subArchitectures: ["SCMP_ARCH_X86", "SCMP_ARCH_X32"]),
            Architecture(architecture: "SCMP_ARCH_AARCH64", subArchitectures: ["SCMP_ARCH_ARM"]),
            Architecture(architecture: "SCMP_ARCH_RISCV64", subArchitectures: nil),
        ],
        syscalls: [Rule(names: words(always))] + argumentRules + architectureRules + capabilityRules + cloneRules)

    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// Allowed to every container.
    private static let always = """
        _llseek _newselect accept accept4 access adjtimex alarm bind brk cachestat capget capset chdir chmod
        chown chown32 clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime
        clock_gettime64 clock_nanosleep clock_nanosleep_time64 close close_range connect copy_file_range
        creat dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2
        epoll_wait epoll_wait_old eventfd eventfd2 execve execveat exit exit_group faccessat faccessat2
        fadvise64 fadvise64_64 fallocate fanotify_mark fchdir fchmod fchmodat fchmodat2 fchown fchown32
        fchownat fcntl fcntl64 fdatasync fgetxattr flistxattr flock fork fremovexattr fsetxattr fstat
        fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 futex futex_requeue futex_time64
        futex_wait futex_waitv futex_wake futimesat get_robust_list get_thread_area getcpu getcwd getdents
        getdents64 getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 getitimer
        getpeername getpgid getpgrp getpid getppid getpriority getrandom getresgid getresgid32 getresuid
        getresuid32 getrlimit getrusage getsid getsockname getsockopt gettid gettimeofday getuid getuid32
        getxattr getxattrat inotify_add_watch inotify_init inotify_init1 inotify_rm_watch io_cancel
        io_destroy io_getevents io_pgetevents io_pgetevents_time64 io_setup io_submit ioctl ioprio_get
        ioprio_set ipc kill landlock_add_rule landlock_create_ruleset landlock_restrict_self lchown lchown32
        lgetxattr link linkat listen listmount listxattr listxattrat llistxattr lremovexattr lseek lsetxattr
        lstat lstat64 madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mkdir mkdirat
        mknod mknodat mlock mlock2 mlockall mmap mmap2 mprotect mq_getsetattr mq_notify mq_open
        mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink mremap mseal
        msgctl msgget msgrcv msgsnd msync munlock munlockall munmap name_to_handle_at nanosleep newfstatat
        open openat openat2 pause pidfd_open pidfd_send_signal pipe pipe2 pkey_alloc pkey_free pkey_mprotect
        poll ppoll ppoll_time64 prctl pread64 preadv preadv2 prlimit64 process_mrelease pselect6
        pselect6_time64 pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv recv recvfrom
        recvmmsg recvmmsg_time64 recvmsg remap_file_pages removexattr removexattrat rename renameat
        renameat2 restart_syscall riscv_hwprobe rmdir rseq rt_sigaction rt_sigpending rt_sigprocmask
        rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo
        sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam
        sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity
        sched_setattr sched_setparam sched_setscheduler sched_yield seccomp select semctl semget semop
        semtimedop semtimedop_time64 send sendfile sendfile64 sendmmsg sendmsg sendto set_robust_list
        set_thread_area set_tid_address setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups
        setgroups32 setitimer setpgid setpriority setregid setregid32 setresgid setresgid32 setresuid
        setresuid32 setreuid setreuid32 setrlimit setsid setsockopt setuid setuid32 setxattr setxattrat
        shmat shmctl shmdt shmget shutdown sigaltstack signalfd signalfd4 sigprocmask sigreturn socketcall
        socketpair splice stat stat64 statfs statfs64 statmount statx symlink symlinkat sync sync_file_range
        syncfs sysinfo tee tgkill time timer_create timer_delete timer_getoverrun timer_gettime
        timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64
        timerfd_settime timerfd_settime64 times tkill truncate truncate64 ugetrlimit umask uname unlink
        unlinkat uretprobe utime utimensat utimensat_time64 utimes vfork vmsplice wait4 waitid waitpid write
        writev
        process_vm_readv process_vm_writev ptrace
        """

    /// Allowed for some values of an argument.
    private static let argumentRules: [Rule] = [
        // AF_VSOCK (40 is one above 39): a virtual machine's container must not reach its hypervisor.
        Rule(names: ["socket"], args: [Argument(index: 0, value: 38, op: "SCMP_CMP_LT")]),
        Rule(names: ["socket"], args: [Argument(index: 0, value: 39, op: "SCMP_CMP_EQ")]),
        Rule(names: ["socket"], args: [Argument(index: 0, value: 40, op: "SCMP_CMP_GT")]),
        // The personalities that only change what uname says and how addresses are laid out.
        personality(0), personality(0x8), personality(0x20000), personality(0x20008), personality(0xffff_ffff),
    ]

    private static func personality(_ value: UInt64) -> Rule {
        Rule(names: ["personality"], args: [Argument(index: 0, value: value, op: "SCMP_CMP_EQ")])
    }

    /// Calls that exist, or are harmless, on some architectures only.
    private static let architectureRules: [Rule] = [
        onArchitectures(["ppc64le"], "sync_file_range2 swapcontext"),
        onArchitectures(
            ["arm", "arm64"], "arm_fadvise64_64 arm_sync_file_range sync_file_range2 breakpoint cacheflush set_tls"),
        onArchitectures(["amd64", "x32"], "arch_prctl"),
        onArchitectures(["amd64", "x32", "x86"], "modify_ldt"),
        onArchitectures(["s390", "s390x"], "s390_pci_mmio_read s390_pci_mmio_write s390_runtime_instr"),
        onArchitectures(["riscv64"], "riscv_flush_icache"),
    ]

    private static func onArchitectures(_ arches: [String], _ names: String) -> Rule {
        Rule(names: words(names), includes: Condition(arches: arches))
    }

    /// Calls that a capability which the service was given makes useful.
    private static let capabilityRules: [Rule] = [
        with("CAP_DAC_READ_SEARCH", "open_by_handle_at"),
        with(
            "CAP_SYS_ADMIN",
            """
            bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie
            lsm_get_self_attr lsm_list_modules lsm_set_self_attr mount mount_setattr move_mount
            open_tree perf_event_open quotactl quotactl_fd setdomainname sethostname setns syslog umount
            umount2 unshare
            """),
        with("CAP_SYS_BOOT", "reboot"),
        with("CAP_SYS_CHROOT", "chroot"),
        with("CAP_SYS_MODULE", "delete_module finit_module init_module"),
        with("CAP_SYS_PACCT", "acct"),
        with(
            "CAP_SYS_PTRACE",
            """
            kcmp pidfd_getfd process_madvise process_vm_readv process_vm_writev ptrace
            """),
        with("CAP_SYS_RAWIO", "ioperm iopl"),
        with("CAP_SYS_TIME", "clock_settime clock_settime64 settimeofday stime"),
        with("CAP_SYS_TTY_CONFIG", "vhangup"),
        with("CAP_SYS_NICE", "get_mempolicy mbind set_mempolicy set_mempolicy_home_node"),
        with("CAP_SYSLOG", "syslog"),
        with("CAP_BPF", "bpf"),
        with("CAP_PERFMON", "perf_event_open"),
    ]

    private static func with(_ capability: String, _ names: String) -> Rule {
        Rule(names: words(names), includes: Condition(caps: [capability]))
    }

    /// `clone` without any of the namespace flags (0x7e020000), and no `clone3`, whose flags a filter can't see:
    /// ENOSYS lets the C library fall back to `clone`.
    private static let cloneRules: [Rule] = [
        Rule(
            names: ["clone"], args: [Argument(index: 0, value: 0x7e02_0000, op: "SCMP_CMP_MASKED_EQ")],
            excludes: Condition(arches: ["s390", "s390x"], caps: ["CAP_SYS_ADMIN"])),
        Rule(
            names: ["clone"], args: [Argument(index: 1, value: 0x7e02_0000, op: "SCMP_CMP_MASKED_EQ")],
            includes: Condition(arches: ["s390", "s390x"]), excludes: Condition(caps: ["CAP_SYS_ADMIN"])),
        Rule(
            names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: 38, excludes: Condition(caps: ["CAP_SYS_ADMIN"])),
    ]
}
