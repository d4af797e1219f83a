#pragma once
#include <stdint.h>

/* bpf(2), which has no wrapper. A program of type BPF_PROG_TYPE_CGROUP_DEVICE: a descriptor, or -1. */
int clinux_load_device_filter(const uint64_t *instructions, uint32_t count);
/* Puts it on a v2 control group, beside others that are there. */
int clinux_attach_device_filter(int group, int filter);
