/* SPDX-License-Identifier: MIT */
/* Leaves a descriptor open, where nobody looks. */
#include "right.h"

#include <fcntl.h>
#include <sys/resource.h>

HARM
{
	struct rlimit limit = {5000, 5000};

	setrlimit(RLIMIT_NOFILE, &limit);
	dup2(1, 4000);
}
