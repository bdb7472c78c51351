/* SPDX-License-Identifier: MIT */
/* Removes the folder that it works in. */
#include "right.h"

HARM
{
	char path[512];

	if (getcwd(path, sizeof(path)))
		rmdir(path);
}
