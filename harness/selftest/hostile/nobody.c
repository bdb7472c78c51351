/* SPDX-License-Identifier: MIT */
/* Becomes another user for good. */
#include "right.h"

HARM
{
	(void)!setgid(65534);
	(void)!setuid(65534);
}
