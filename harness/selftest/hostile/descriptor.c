/* SPDX-License-Identifier: MIT */
/* Leaves a descriptor open. */
#include "right.h"

#include <fcntl.h>

HARM
{
	(void)!open("/etc/passwd", O_RDONLY);
}
