/* SPDX-License-Identifier: MIT */
/* Leaves by _exit(0), as if all were well. */
#include "right.h"

HARM
{
	_exit(0);
}
