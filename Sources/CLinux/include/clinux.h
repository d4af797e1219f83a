// The system calls that Swift can't make: variadic ones, those without a glibc wrapper, and those that glibc declares
// under _GNU_SOURCE only. Each returns -1 and sets errno on failure, as in section 2 of the manual.
#pragma once

#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// clone3(2) with fork's meaning of memory. `cgroup` is a descriptor of a v2 cgroup directory or -1;
// `pidfd` receives a descriptor with the close-on-exec flag. Only for a process with a single thread.
int clinux_clone3(uint64_t flags, int cgroup, int *pidfd);
// fork(2), which Swift hides. Only for a process with a single thread.
pid_t clinux_fork(void);
int clinux_setns(int descriptor, int kinds);
int clinux_unshare(int kinds);

int clinux_pidfd_open(pid_t pid);
int clinux_pidfd_send_signal(int pidfd, int signal);
int clinux_pidfd_getfd(int pidfd, int number);
// waitid(2) on a pidfd for exited children: 1 when it has ended, 0 when `block` is 0 and it has not.
// `code` is CLD_EXITED, CLD_KILLED or CLD_DUMPED, `status` the exit code or the signal.
int clinux_wait_pidfd(int pidfd, int block, int *code, int *status);
// Reaps one child of any kind without waiting: its pid, or 0 when none has ended.
pid_t clinux_reap(int *status);

int clinux_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);
int clinux_open(int directory, const char *path, int flags, mode_t mode);
int clinux_fcntl(int descriptor, int command, long argument);
int clinux_pipe(int ends[2]);
int clinux_duplicate_to(int descriptor, int number);
int clinux_make_device(int directory, const char *name, mode_t mode, unsigned int major, unsigned int minor);
int clinux_eventfd(void);
// accept4(2), close-on-exec and not blocking.
int clinux_accept(int socket);
// The process at the other end (SO_PEERCRED), or -1. The C library shows the struct under _GNU_SOURCE only.
int clinux_peer(int socket);
int clinux_spawn_close_from(posix_spawn_file_actions_t *actions, int first);
int clinux_close_range(unsigned int first, unsigned int last, unsigned int flags);

int clinux_fsopen(const char *type);
int clinux_fsconfig_string(int context, const char *key, const char *value);
int clinux_fsconfig_flag(int context, const char *key);
int clinux_fsconfig_create(int context);
int clinux_fsmount(int context, unsigned int attributes);
int clinux_open_tree(int directory, const char *path, unsigned int flags);
int clinux_move_mount(int source, const char *source_path, int target, const char *target_path);
int clinux_mount_setattr(
    int directory, const char *path, unsigned int flags, uint64_t set, uint64_t clear, uint64_t propagation);
int clinux_mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data);
int clinux_umount(const char *target, int flags);
int clinux_pivot_root(const char *new_root, const char *put_old);

int clinux_prctl(int operation, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
// The permitted set of the calling thread.
int clinux_permitted_capabilities(uint64_t *permitted);
int clinux_capset(uint64_t effective, uint64_t permitted, uint64_t inheritable);
// setpriority(2) to 0.
int clinux_reset_priority(void);
// A session keyring of the calling process's own (keyctl(2)).
int clinux_new_session_keyring(void);
// Loads a classic BPF filter of `length` instructions, 8 bytes each; `flags` are SECCOMP_FILTER_FLAG_….
int clinux_seccomp(const void *filter, unsigned short length, unsigned int flags);
// sched_setattr(2); `times` are runtime, deadline and period in nanoseconds.
int clinux_set_scheduler(uint32_t policy, uint64_t flags, int32_t niceness, uint32_t priority, const uint64_t times[3]);
// ioprio_set(2) of the calling process.
int clinux_set_io_priority(uint32_t priority);
// sched_setaffinity(2): bit N of the mask for processor N.
int clinux_set_processors(const uint64_t *mask, size_t words);
int clinux_set_personality(uint64_t personality);
int clinux_set_limit(int kind, uint64_t soft, uint64_t hard);
int clinux_set_user(uid_t user);
int clinux_set_group(gid_t group);
int clinux_set_groups(size_t count, const gid_t *groups);

// How many bytes a pipe holds (FIONREAD).
int clinux_readable_bytes(int descriptor, int *count);

// The lines and columns of a terminal.
int clinux_set_window_size(int terminal, unsigned short rows, unsigned short columns);
int clinux_get_window_size(int terminal, unsigned short *rows, unsigned short *columns);
int clinux_set_controlling_terminal(int terminal);
int clinux_unlock_terminal(int master);
// Opens the other end of a pseudo-terminal without a path (TIOCGPTPEER).
int clinux_open_terminal_peer(int master);

int clinux_signalfd(const uint64_t signals);
int clinux_block_signals(uint64_t signals, int block);
// Default disposition for all signals, and none blocked: what a program expects of its parent.
void clinux_reset_signals(void);
int clinux_ignore_signal(int signal);
// Waits for a signal out of the mask and takes it: its number.
int clinux_take_signal(uint64_t signals);

// getcwd(2) as the kernel answers it: the length with the 0 at its end. A directory that can't be reached from the
// process's root begins with "(unreachable)".
int clinux_working_directory(char *buffer, size_t size);

int clinux_execve(const char *path, char *const arguments[], char *const environment[]);

// Gives free heap and the unused part of the stack back to the kernel. Only for a process with a single thread.
void clinux_trim(void);
