/* SPDX-License-Identifier: MIT */
/* Never comes to an end. */
#include "right.h"

HARM
{
	for (volatile int i = 0;; i++)
		;
}
