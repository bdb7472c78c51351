/* SPDX-License-Identifier: MIT */
/* Writes to an address that is nobody's. */
#include "right.h"

static volatile int *volatile nowhere = (int *)16;

HARM
{
	*nowhere = 1;
}
