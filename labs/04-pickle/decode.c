/* SPDX-License-Identifier: MIT */
/*
 * loads: the stack machine that runs a pickle.
 *
 * Each instruction reads what follows it, takes values off the stack, and puts one on. Every
 * length is compared with what is left of the pickle before it is believed, every value is
 * asked for its kind before it is used as one.
 *
 * Handout: labs/04-pickle/README.md
 */
#define _GNU_SOURCE
#include <endian.h>
#include <errno.h>
#include <string.h>

#include <mp/pickle.h>
#include <mp/todo.h>

#include "decode.h"

int
mp_pickle_loads(const void *data, size_t size, struct mp_value **out)
{
	/* pickle.5: run the program until STOP; then the value on top is the result. */
	mp_todo("pickle.5");
}
