/* SPDX-License-Identifier: MIT */
/* Leaves shared memory with a name. */
#include "right.h"

#include <fcntl.h>
#include <sys/mman.h>

HARM
{
	close(shm_open("/procsmith-selftest-left", O_RDWR | O_CREAT, 0600));
}
