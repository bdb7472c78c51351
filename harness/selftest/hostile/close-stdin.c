/* SPDX-License-Identifier: MIT */
/* Closes its standard input. */
#include "right.h"

HARM
{
	close(0);
}
