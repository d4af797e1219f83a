#pragma once
#include <sys/syscall.h>
#include <unistd.h>

/* Puts everything written to a file system on its disk. The C library shows syncfs to _GNU_SOURCE only. */
static inline int clinux_sync_file_system(int descriptor) { return (int)syscall(SYS_syncfs, descriptor); }
