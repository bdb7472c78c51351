/* SPDX-License-Identifier: MIT */
/*
 * procsmith selftest: the harness's own tests, a program beside this one.
 */
#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"
#include "grade/grade.h"

static int
cli_selftest(int argc, char **argv)
{
	char path[4096];

	(void)argc;
	kit_path(path, sizeof(path), "%s/selftest", kit_build());
	argv[0] = path;
	execv(path, argv);
	perror(path);
	return EXIT_HARNESS;
}
CLI_VERB(selftest, "test the harness itself: [SUITE|WORDS]", cli_selftest)
