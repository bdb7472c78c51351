/* SPDX-License-Identifier: MIT */
/* Three hundred children, all alive at the end. */
#include "right.h"

HARM
{
	for (int i = 0; i < 300; i++)
		if (fork() == 0)
			for (;;)
				pause();
}
