/* SPDX-License-Identifier: MIT */
/* Becomes another program, one that always succeeds. */
#include "right.h"

HARM
{
	execl("/bin/true", "true", (char *)NULL);
}
