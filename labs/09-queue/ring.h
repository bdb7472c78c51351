/* SPDX-License-Identifier: MIT */
#ifndef QUEUE_RING_H
#define QUEUE_RING_H
/*
 * The ring: whole messages through memory that several processes share. For the files of this
 * stage only.
 *
 * Two places run round a buffer: at the tail messages come in, at the head they go out. A
 * place is one word of 64 bits, where in the bytes and how many messages so far: so a message
 * comes, or goes, by ONE store. Before that store nobody can see that anything has been
 * written; what is not stored (how many there are, how much room is left) cannot be wrong.
 *
 * Invariants: who holds the lock does not wait for anything but memory. Between any two
 * instructions the ring is sound, so who dies with the lock leaves nothing to be repaired.
 * Whoever changes something first wakes who waits for it (they wait for the lock, then), or
 * dying in between would leave them asleep.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mp/internal.h>

#endif
