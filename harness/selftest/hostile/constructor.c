/* SPDX-License-Identifier: MIT */
/* Leaves with success before main has begun. */
#include "right.h"

HARM
{
}

__attribute__((constructor)) static void
early(void)
{
	_exit(0);
}
