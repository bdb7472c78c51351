/* SPDX-License-Identifier: MIT */
/* Calls itself until the stack is full. */
#include "right.h"

static int
deeper(volatile int n)
{
	volatile char room[4096] = {0};

	return n ? deeper(n + 1) + room[n % 4096] : 0;
}

HARM
{
	deeper(1);
}
