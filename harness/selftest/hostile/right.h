/* SPDX-License-Identifier: MIT */
#ifndef RIGHT_H
#define RIGHT_H
/*
 * What the hostile programs share. Each is a postmortem.c whose function does its harm first
 * and then answers rightly: so what the harness says of it is about the harm alone.
 *
 *	HARM
 *	{
 *		pause();
 *	}
 *
 * The row calls the function twice; the harm is done at the first call.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/reap.h>

#define HARM                                                                                       \
	static void harm(void);                                                                    \
	int mp_postmortem(const struct mp_death *death, char *text, size_t room)                   \
	{                                                                                          \
		static int calls;                                                                  \
		if (calls++ == 0)                                                                  \
			harm();                                                                    \
		int code = WEXITSTATUS(death->status);                                             \
		return code ? snprintf(                                                            \
				  text, room, "pid %d left with exit code %d", death->pid, code)   \
			    : snprintf(text, room, "pid %d ended well: exit code 0", death->pid);  \
	}                                                                                          \
	static void harm(void)

#endif
