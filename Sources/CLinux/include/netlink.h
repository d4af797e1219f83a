// The kernel's own declarations of netlink: message headers, link attributes, nftables.
#pragma once

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>

// Glibc declares these two only under _GNU_SOURCE, which Swift does not define.
extern int unshare(int flags);
extern int setns(int descriptor, int type);

/// Moves the calling thread into a new network namespace.
static inline int clinux_unshare_network(void) { return unshare(0x40000000); }

/// Moves the calling thread into the network namespace behind a descriptor.
static inline int clinux_enter_network(int descriptor) { return setns(descriptor, 0x40000000); }
