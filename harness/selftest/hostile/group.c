/* SPDX-License-Identifier: MIT */
/* Kills its whole process group: only the row is in it. */
#include "right.h"

#include <signal.h>

HARM
{
	kill(0, SIGKILL);
}
/*
 * There is no kill(-1, ...) here: until rows run in a sandbox with a pid namespace, or where
 * signals are scoped, it would reach every process of the user.
 */
