/* SPDX-License-Identifier: MIT */
/* Gives up. */
#include "right.h"

HARM
{
	abort();
}
