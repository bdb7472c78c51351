/* SPDX-License-Identifier: MIT */
#ifndef STUCK_TOOLS_H
#define STUCK_TOOLS_H
/* What the programs of stuck-programs.h share. */
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The last of these calls is taken as the moment when the knot was tied. */
void tied(void);
/* fork: true in the child. */
bool child(void);
void join_all(void);
/* Not closed by exec, as students make them. */
void make_pipe(int fds[2]);
void put(int fd, size_t size);
/* Look until the process is in one of these states of /proc/PID/stat. */
void await_state(pid_t pid, const char *states);
/* A wait that ends: seconds of the wall. */
void nap(double seconds);

/* Objects in memory that is shared with the children to come. */
struct shared {
	pthread_mutex_t a, b;
	pthread_cond_t condition;
	pthread_barrier_t barrier;
	sem_t semaphore;
	sem_t gate, other_gate;
	uint32_t word;
};
struct shared *share(int robust, int process_shared);

#endif
