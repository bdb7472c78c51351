/* SPDX-License-Identifier: MIT */
/* Leaves a file where it works. */
#include "right.h"

HARM
{
	fclose(fopen("forgotten.txt", "w"));
}
