/* SPDX-License-Identifier: MIT */
/* Waits for a signal that nobody sends. */
#include "right.h"

HARM
{
	pause();
}
