/* SPDX-License-Identifier: MIT */
/* Leaves a file with the longest of names. */
#include "right.h"

#include <string.h>

HARM
{
	char name[256];

	memset(name, 'n', 255);
	name[255] = '\0';
	fclose(fopen(name, "w"));
}
