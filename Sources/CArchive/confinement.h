#pragma once
// What roost-layer needs to lock itself in and Swift can't import: prctl and syscall take a variable
// number of arguments.

#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// Each returns 0, or an errno.

static inline int confinement_no_new_privileges(void) {
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno;
}

// Capabilities that the kernel doesn't know (EINVAL) are none that could be kept.
static inline int confinement_drop_bounding(int capability) {
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0 || errno == EINVAL)
        return 0;
    return errno;
}

static inline int confinement_clear_ambient(void) {
    return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == 0 ? 0 : errno;
}

// The effective and permitted capabilities, intersected with `mask`; none are inheritable.
static inline int confinement_limit_capabilities(uint64_t mask) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &header, data) != 0)
        return errno;
    for (int half = 0; half < 2; half++) {
        uint32_t part = (uint32_t)(mask >> (32 * half));
        data[half].permitted &= part;
        data[half].effective = data[half].permitted;
        data[half].inheritable = 0;
    }
    return syscall(SYS_capset, &header, data) == 0 ? 0 : errno;
}

static inline int confinement_close_from(unsigned int first) {
    return syscall(SYS_close_range, first, ~0U, 0) == 0 ? 0 : errno;
}

// A filter for all threads: what reading, computing and writing to open descriptors needs, and with `files` also what
// filling the current directory needs. Everything else ends the process.
static inline int confinement_filter(int files) {
#if defined(__x86_64__)
    const uint32_t architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
    const uint32_t architecture = AUDIT_ARCH_AARCH64;
#else
    return ENOSYS;
#endif
    static const int always[] = {
        SYS_read, SYS_write, SYS_pwrite64, SYS_lseek, SYS_munmap, SYS_mremap, SYS_brk, SYS_madvise, SYS_futex,
        SYS_exit, SYS_exit_group, SYS_rt_sigreturn, SYS_rt_sigprocmask, SYS_restart_syscall, SYS_clock_gettime,
        SYS_getrandom, SYS_set_robust_list, SYS_rseq, SYS_sched_yield, SYS_close, SYS_getpid, SYS_gettid,
    };
    static const int tree[] = {
        SYS_openat, SYS_mkdirat, SYS_unlinkat, SYS_linkat, SYS_symlinkat, SYS_renameat, SYS_renameat2, SYS_mknodat,
        SYS_fchownat, SYS_fchmodat, SYS_utimensat, SYS_lsetxattr, SYS_fchdir, SYS_chdir, SYS_ftruncate,
#ifdef SYS_rmdir
        SYS_rmdir, SYS_mkdir,
#endif
    };
    struct sock_filter code[128];
    unsigned short length = 0;
#define EMIT(...) code[length++] = (struct sock_filter)__VA_ARGS__
    const struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    const struct sock_filter kill = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    EMIT(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)));
    EMIT(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, architecture, 1, 0));
    code[length++] = kill;
    EMIT(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
    for (size_t i = 0; i < sizeof always / sizeof *always; i++) {
        EMIT(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)always[i], 0, 1));
        code[length++] = allow;
    }
    for (size_t i = 0; files && i < sizeof tree / sizeof *tree; i++) {
        EMIT(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)tree[i], 0, 1));
        code[length++] = allow;
    }
    // The C library asks for its settings when it gives memory back, and can do without.
    EMIT(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 1));
    EMIT(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES));
    // Memory, but none that code could be put into.
    EMIT(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 1, 0));
    EMIT(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 3));
    EMIT(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])));
    EMIT(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0));
    code[length++] = allow;
    code[length++] = kill;
#undef EMIT
    struct sock_fprog program = {.len = length, .filter = code};
    long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
    return result == 0 ? 0 : result > 0 ? EBUSY : errno;
}
