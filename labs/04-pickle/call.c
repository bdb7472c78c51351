/* SPDX-License-Identifier: MIT */
/*
 * Calls that a pickle asks for: some are known, the others are carried, none is made.
 *
 * The older protocols have no instructions for sets and bytes: they write set([1, 2]) and
 * _codecs.encode('...', 'latin1'). These few mean values, and are made into them. mp.NAME(state)
 * is an object of the library, if its class is registered. Everything else becomes a reduce.
 *
 * Handout: labs/04-pickle/README.md
 */
#include <errno.h>
#include <string.h>

#include <mp/pickle.h>

#include "decode.h"
