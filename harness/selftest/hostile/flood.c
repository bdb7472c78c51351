/* SPDX-License-Identifier: MIT */
/* Prints a gigabyte. */
#include "right.h"

HARM
{
	static char megabyte[1 << 20];

	for (int i = 0; i < 1024; i++)
		for (size_t done = 0; done < sizeof(megabyte);) {
			ssize_t n = write(i % 2 ? 1 : 2, megabyte + done, sizeof(megabyte) - done);
			if (n < 0)
				return;
			done += (size_t)n;
		}
}
