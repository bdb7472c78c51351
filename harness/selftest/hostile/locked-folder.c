/* SPDX-License-Identifier: MIT */
/* Leaves a folder, with a file in it, that may not be entered. */
#include "right.h"

#include <sys/stat.h>

HARM
{
	mkdir("locked", 0700);
	fclose(fopen("locked/inside", "w"));
	chmod("locked", 0);
}
