/* SPDX-License-Identifier: MIT */
#ifndef SPAWN_SERVER_H
#define SPAWN_SERVER_H
/*
 * What the forkserver and its clients say to each other. For the files of this stage only.
 *
 * One socket pair of packets: the server has one end, all clients share the other. A request
 * is one packet with descriptors; the first is a socket of its own, on which the server
 * answers: a packet with the pid and a pidfd, and, when the child has died, a packet with
 * its exit code. All numbers have 8 bytes, as CPython's.
 *
 * Invariants: the last client's end closed is the end of the server. A socket that ends
 * without an exit code means that the server has died.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parcel.h"

/* The server's end, in the server. */
#define SERVER_SOCKET PLACE_DATA

struct request {
	int64_t death_signal; /* 0: none */
};

/* The descriptors of a request: the answer's, then the child's from PLACE_TRACKER on. */
#define REQUEST_FDS (1 + PLACE_FIRST - PLACE_TRACKER + MOST_NAMED)

/* One packet with count descriptors; -EPIPE: nobody is there. Given. */
int send_packet(int fd, const void *data, size_t size, const int *fds, size_t count);

/*
 * Receive one: the size, 0 for end of file, or -errno. *count is the room in fds, and then
 * how many came; -EMFILE: not all could be opened, those that came are in fds. Given.
 */
int receive_packet(int fd, void *data, size_t size, int *fds, size_t *count);

/* Clients. Tasks spawn.5 */
void server_adopt(int fd);

/* The server. Tasks spawn.5 */
bool server_has_socket(void);
_Noreturn void server_main(void);

#endif
