#define _GNU_SOURCE
#include "sockets.h"
#include "clinux.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int clinux_accept(int socket) { return accept4(socket, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK); }

int clinux_peer(int socket) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return -1;
    return peer.pid;
}

enum { most_descriptors = 16 };

long clinux_send_with_descriptors(int socket, const void *bytes, unsigned long count, const int *descriptors, int number) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int) * most_descriptors)];
    } control = {0};
    struct iovec vector = {.iov_base = (void *)bytes, .iov_len = count};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
    if (number < 0 || number > most_descriptors) {
        errno = EINVAL;
        return -1;
    }
    if (number > 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * (unsigned long)number);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * (unsigned long)number);
        memcpy(CMSG_DATA(header), descriptors, sizeof(int) * (unsigned long)number);
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

int clinux_peek_descriptors(int socket, int *descriptors, int room) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int) * most_descriptors)];
    } control = {0};
    char byte;
    struct iovec vector = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    if (recvmsg(socket, &message, MSG_PEEK | MSG_DONTWAIT | MSG_CMSG_CLOEXEC) < 0) return -1;
    int found = 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        unsigned long number = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (unsigned long index = 0; index < number; index++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(header) + index * sizeof(int), sizeof(int));
            if (found < room) {
                descriptors[found++] = descriptor;
            } else {
                close(descriptor);
            }
        }
    }
    return found;
}
