#pragma once

// Descriptors on their way through a unix socket (man 7 unix, SCM_RIGHTS): the macros for control messages can't be
// imported.

// Sends bytes, and descriptors with the first of them. Returns what sendmsg does; sets errno.
long clinux_send_with_descriptors(int socket, const void *bytes, unsigned long count, const int *descriptors, int number);

// Duplicates the descriptors that come with the next byte, close-on-exec, and leaves the bytes where they are. Returns how
// many there are, up to `room`, or -1 with errno (EAGAIN: nothing has come yet).
int clinux_peek_descriptors(int socket, int *descriptors, int room);
