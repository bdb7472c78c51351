/* SPDX-License-Identifier: MIT */
/* Changes its folder, umask, priority and limits. */
#include "right.h"

#include <sys/resource.h>
#include <sys/stat.h>

HARM
{
	struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};

	for (int what = 0; what < RLIM_NLIMITS; what++)
		setrlimit(what, &none);
	umask(0777);
	nice(19);
	(void)!chdir("/");
}
