/* SPDX-License-Identifier: MIT */
/*
 * repr: a value as Python prints it.
 *
 * A node that has several references is remembered: while it is being printed, so that what
 * holds itself is [...]; and afterwards, because a few hundred bytes of pickle can say
 * "twice what was before" sixty times. What is printed again counts, and may not be
 * more than a multiple of what was printed for the first time.
 *
 * Handout: labs/04-pickle/README.md
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "object.h"

#include <mp/todo.h>

int
mp_value_repr(const struct mp_value *v, char **text)
{
	/* pickle.3: as Python prints it; and not without bounds. NULL is "NULL". */
	mp_todo("pickle.3");
}
