/* SPDX-License-Identifier: MIT */
/* Leaves by exit(0), as if all were well. */
#include "right.h"

HARM
{
	exit(0);
}
