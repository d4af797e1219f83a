#pragma once
#include <sys/syscall.h>
#include <unistd.h>

/* The C library shows memfd_create to _GNU_SOURCE only, which Swift's import doesn't set. 1: close on exec. */
static inline int clinux_memory_file(const char *name) { return (int)syscall(SYS_memfd_create, name, 1U); }

/* One that may be sealed and executed; the flag for the latter came with Linux 6.3. */
static inline int clinux_sealable_file(const char *name) {
    int number = (int)syscall(SYS_memfd_create, name, 1U | 2U | 0x10U);
    return number >= 0 ? number : (int)syscall(SYS_memfd_create, name, 1U | 2U);
}
