#define _GNU_SOURCE
#include "clinux.h"
#include "device_filter.h"
#include "storage.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/fsverity.h>
#include <linux/keyctl.h>
#include <linux/loop.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

int setns(int descriptor, int kinds);
int unshare(int kinds);

#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif

int clinux_clone3(uint64_t flags, int cgroup, int *pidfd) {
    struct clone_args arguments;
    memset(&arguments, 0, sizeof arguments);
    arguments.flags = flags | CLONE_PIDFD;
    arguments.pidfd = (uint64_t)(uintptr_t)pidfd;
    arguments.exit_signal = SIGCHLD;
    if (cgroup >= 0) {
        arguments.flags |= CLONE_INTO_CGROUP;
        arguments.cgroup = (uint64_t)cgroup;
    }
    return (int)syscall(SYS_clone3, &arguments, sizeof arguments);
}

int clinux_setns(int descriptor, int kinds) { return setns(descriptor, kinds); }

int clinux_unshare(int kinds) { return unshare(kinds); }

int clinux_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int clinux_pidfd_send_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

int clinux_pidfd_getfd(int pidfd, int number) { return (int)syscall(SYS_pidfd_getfd, pidfd, number, 0); }

int clinux_wait_pidfd(int pidfd, int block, int *code, int *status) {
    siginfo_t information;
    information.si_pid = 0;
    if (waitid((idtype_t)3 /* P_PIDFD */, (id_t)pidfd, &information, WEXITED | (block ? 0 : WNOHANG)) < 0) return -1;
    if (information.si_pid == 0) return 0;
    *code = information.si_code;
    *status = information.si_status;
    return 1;
}

pid_t clinux_reap(int *status) { return waitpid(-1, status, WNOHANG); }

int clinux_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
    struct open_how how = {.flags = flags, .mode = mode, .resolve = resolve};
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

int clinux_open(int directory, const char *path, int flags, mode_t mode) {
    return openat(directory, path, flags, mode);
}

int clinux_fcntl(int descriptor, int command, long argument) { return fcntl(descriptor, command, argument); }

int clinux_close_range(unsigned int first, unsigned int last, unsigned int flags) {
    return (int)syscall(SYS_close_range, first, last, flags);
}

int clinux_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int clinux_duplicate_to(int descriptor, int number) { return dup3(descriptor, number, O_CLOEXEC); }

int clinux_make_device(int directory, const char *name, mode_t mode, unsigned int major, unsigned int minor) {
    return mknodat(directory, name, mode, makedev(major, minor));
}

int clinux_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int clinux_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

int clinux_fsopen(const char *type) { return (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC); }

int clinux_fsconfig_string(int context, const char *key, const char *value) {
    return (int)syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, key, value, 0);
}

int clinux_fsconfig_flag(int context, const char *key) {
    return (int)syscall(SYS_fsconfig, context, FSCONFIG_SET_FLAG, key, NULL, 0);
}

int clinux_fsconfig_create(int context) {
    return (int)syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
}

int clinux_fsmount(int context, unsigned int attributes) {
    return (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes);
}

int clinux_open_tree(int directory, const char *path, unsigned int flags) {
    return (int)syscall(SYS_open_tree, directory, path, flags | OPEN_TREE_CLOEXEC);
}

int clinux_move_mount(int source, const char *source_path, int target, const char *target_path) {
    return (int)syscall(
        SYS_move_mount, source, source_path, target, target_path,
        MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

int clinux_mount_setattr(
    int directory, const char *path, unsigned int flags, uint64_t set, uint64_t clear, uint64_t propagation
) {
    struct mount_attr attributes = {.attr_set = set, .attr_clr = clear, .propagation = propagation};
    return (int)syscall(SYS_mount_setattr, directory, path, flags, &attributes, sizeof attributes);
}

int clinux_mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data) {
    return (int)syscall(SYS_mount, source, target, type, flags, data);
}

int clinux_umount(const char *target, int flags) { return (int)syscall(SYS_umount2, target, flags); }

int clinux_pivot_root(const char *new_root, const char *put_old) {
    return (int)syscall(SYS_pivot_root, new_root, put_old);
}

int clinux_prctl(int operation, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
    return prctl(operation, a, b, c, d);
}

int clinux_permitted_capabilities(uint64_t *permitted) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &header, data) < 0) return -1;
    *permitted = (uint64_t)data[1].permitted << 32 | data[0].permitted;
    return 0;
}

int clinux_capset(uint64_t effective, uint64_t permitted, uint64_t inheritable) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct data[2] = {
        {(uint32_t)effective, (uint32_t)permitted, (uint32_t)inheritable},
        {(uint32_t)(effective >> 32), (uint32_t)(permitted >> 32), (uint32_t)(inheritable >> 32)},
    };
    return (int)syscall(SYS_capset, &header, data);
}

int clinux_reset_priority(void) { return setpriority(PRIO_PROCESS, 0, 0); }

int clinux_new_session_keyring(void) { return (int)syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL); }

int clinux_seccomp(const void *filter, unsigned short length, unsigned int flags) {
    struct sock_fprog program = {.len = length, .filter = (struct sock_filter *)filter};
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

int clinux_set_scheduler(
    uint32_t policy, uint64_t flags, int32_t niceness, uint32_t priority, const uint64_t times[3]) {
    // struct sched_attr, which not every C library's headers have.
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime, deadline, period;
    } attributes = {48, policy, flags, niceness, priority, times[0], times[1], times[2]};
    return (int)syscall(SYS_sched_setattr, 0, &attributes, 0);
}

int clinux_set_io_priority(uint32_t priority) {
    const int process = 1;
    return (int)syscall(SYS_ioprio_set, process, 0, priority);
}

int clinux_set_processors(const uint64_t *mask, size_t words) {
    return (int)syscall(SYS_sched_setaffinity, 0, words * sizeof *mask, mask);
}

int clinux_set_personality(uint64_t personality) { return (int)syscall(SYS_personality, personality); }

int clinux_set_limit(int kind, uint64_t soft, uint64_t hard) {
    struct { uint64_t soft, hard; } limit = {soft, hard};
    return (int)syscall(SYS_prlimit64, 0, kind, &limit, NULL);
}

// The raw calls: glibc's wrappers would signal all other threads, of which there are none.
int clinux_set_user(uid_t user) { return (int)syscall(SYS_setresuid, user, user, user); }

int clinux_set_group(gid_t group) { return (int)syscall(SYS_setresgid, group, group, group); }

int clinux_set_groups(size_t count, const gid_t *groups) { return (int)syscall(SYS_setgroups, count, groups); }

int clinux_set_window_size(int terminal, unsigned short rows, unsigned short columns) {
    struct winsize size = {.ws_row = rows, .ws_col = columns};
    return ioctl(terminal, TIOCSWINSZ, &size);
}

int clinux_readable_bytes(int descriptor, int *count) { return ioctl(descriptor, FIONREAD, count); }

int clinux_get_window_size(int terminal, unsigned short *rows, unsigned short *columns) {
    struct winsize size;
    if (ioctl(terminal, TIOCGWINSZ, &size) < 0) return -1;
    *rows = size.ws_row;
    *columns = size.ws_col;
    return 0;
}

int clinux_set_controlling_terminal(int terminal) { return ioctl(terminal, TIOCSCTTY, 0); }

int clinux_unlock_terminal(int master) {
    int unlocked = 0;
    return ioctl(master, TIOCSPTLCK, &unlocked);
}

int clinux_open_terminal_peer(int master) { return ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC); }

static void fill(sigset_t *set, uint64_t signals) {
    sigemptyset(set);
    for (int number = 1; number < 64; number++)
        if (signals >> number & 1) sigaddset(set, number);
}

int clinux_signalfd(const uint64_t signals) {
    sigset_t set;
    fill(&set, signals);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int clinux_block_signals(uint64_t signals, int block) {
    sigset_t set;
    fill(&set, signals);
    return sigprocmask(block ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

void clinux_reset_signals(void) {
    sigset_t none;
    for (int number = 1; number < 65; number++) signal(number, SIG_DFL);
    // The C library keeps these two for itself and doesn't set them; all zeros is the default in the kernel's own form.
    const uint64_t action[4] = {0};
    for (int number = 32; number < 34; number++) syscall(SYS_rt_sigaction, number, action, NULL, sizeof(uint64_t));
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

int clinux_ignore_signal(int number) { return signal(number, SIG_IGN) == SIG_ERR ? -1 : 0; }

int clinux_take_signal(uint64_t signals) {
    sigset_t set;
    fill(&set, signals);
    return sigwaitinfo(&set, NULL);
}

int clinux_execve(const char *path, char *const arguments[], char *const environment[]) {
    return execve(path, arguments, environment);
}

void clinux_trim(void) {
    malloc_trim(0);
    // What is below this frame is left from deeper calls that have returned; the call of madvise itself needs a little.
    const uintptr_t page = 4096;
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    uintptr_t end = (here - 512) & ~(page - 1);
    // Pages that were never touched are skipped by the kernel; the stack's mapping may be shorter, which is an error
    // without consequences, so it is tried in growing steps.
    for (uintptr_t start = end - page; end - start <= 64 * page; start -= page)
        if (madvise((void *)start, page, MADV_DONTNEED) < 0) break;
}

pid_t clinux_fork(void) { return fork(); }

int clinux_enable_verity(int descriptor) {
    struct fsverity_enable_arg argument = {.version = 1, .hash_algorithm = FS_VERITY_HASH_ALG_SHA256, .block_size = 4096};
    return ioctl(descriptor, FS_IOC_ENABLE_VERITY, &argument);
}

int clinux_loop_attach(int file, int *number) {
    int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
    if (control < 0) return -1;
    struct loop_config config = {.fd = (uint32_t)file, .info = {.lo_flags = LO_FLAGS_READ_ONLY | LO_FLAGS_AUTOCLEAR}};
    int device = -1;
    // Somebody else may be faster with the free one.
    for (int attempt = 0; attempt < 64; attempt++) {
        *number = ioctl(control, LOOP_CTL_GET_FREE);
        if (*number < 0) break;
        char path[32];
        snprintf(path, sizeof path, "/dev/loop%d", *number);
        device = open(path, O_RDONLY | O_CLOEXEC);
        if (device < 0) break;
        if (ioctl(device, LOOP_CONFIGURE, &config) == 0) break;
        int reason = errno;
        close(device);
        device = -1;
        errno = reason;
        if (reason != EBUSY) break;
    }
    int reason = errno;
    close(control);
    errno = reason;
    return device;
}

unsigned int clinux_file_system_type(const char *path) {
    struct statfs information;
    return statfs(path, &information) == 0 ? (unsigned int)information.f_type : 0;
}

int clinux_file_system_type_of(int descriptor, unsigned int *type) {
    struct statfs information;
    if (fstatfs(descriptor, &information) < 0) return -1;
    *type = (unsigned int)information.f_type;
    return 0;
}

int clinux_load_device_filter(const uint64_t *instructions, uint32_t count) {
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
    attributes.insns = (uint64_t)(uintptr_t)instructions;
    attributes.insn_cnt = count;
    // The licence matters for functions of the kernel that the program calls; it calls none.
    attributes.license = (uint64_t)(uintptr_t) "Apache-2.0";
    memcpy(attributes.prog_name, "roost_devices", sizeof "roost_devices");
    return (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof attributes);
}

int clinux_attach_device_filter(int group, int filter) {
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.target_fd = (uint32_t)group;
    attributes.attach_bpf_fd = (uint32_t)filter;
    attributes.attach_type = BPF_CGROUP_DEVICE;
    attributes.attach_flags = BPF_F_ALLOW_MULTI;
    return (int)syscall(SYS_bpf, BPF_PROG_ATTACH, &attributes, sizeof attributes);
}

int clinux_working_directory(char *buffer, size_t size) { return (int)syscall(SYS_getcwd, buffer, size); }
