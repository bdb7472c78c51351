/* SPDX-License-Identifier: MIT */
#ifndef TESTS_CARRY_H
#define TESTS_CARRY_H
/*
 * A descriptor as an argument: an object that holds one, as a connection or shared memory
 * does, and travels by inheritance.
 */
#include <mp/opaque.h>

extern const struct mp_class carried;

/* How many references to such objects there are now. */
extern int carried_references;

struct mp_value *carry(int fd);

/* The descriptor, as this process has it; -1: v is no such object. */
int carried_fd(const struct mp_value *v);

#endif
