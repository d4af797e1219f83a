#pragma once
#include <sys/syscall.h>
#include <unistd.h>

/* Puts everything written to a file system on its disk. The C library shows syncfs to _GNU_SOURCE only. */
static inline int clinux_sync_file_system(int descriptor) { return (int)syscall(SYS_syncfs, descriptor); }

/* Moves a name, unless the new one is taken (EEXIST; man 2 rename, RENAME_NOREPLACE). Shown to _GNU_SOURCE only, too. */
static inline int clinux_move_to_free_name(
    int from_directory, const char *from, int to_directory, const char *to) {
    return (int)syscall(SYS_renameat2, from_directory, from, to_directory, to, 1u);
}

/* Makes a file's content unchangeable and checked on each read (fs-verity, SHA-256, blocks of 4096). */
int clinux_enable_verity(int descriptor);
/* Gives a file a loop device, read-only, that goes when its last user goes. Returns the open device; `number` is its
   own. */
int clinux_loop_attach(int file, int *number);
/* The number of the type of the file system that a path is on (statfs), or 0. */
unsigned int clinux_file_system_type(const char *path);
/* The same of an open file; -1 with errno. */
int clinux_file_system_type_of(int descriptor, unsigned int *type);
