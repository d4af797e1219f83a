#pragma once
// What roost-layer needs to lock itself in and Swift can't import: prctl and syscall take a variable
// number of arguments.

#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
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
