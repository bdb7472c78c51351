/* SPDX-License-Identifier: MIT */
/* A child by vfork, become a program that sleeps for an hour. */
#include "right.h"

HARM
{
	if (vfork() == 0) {
		execl("/bin/sleep", "sleep", "3600", (char *)NULL);
		_exit(127);
	}
}
