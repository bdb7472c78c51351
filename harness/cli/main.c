/* SPDX-License-Identifier: MIT */
/*
 * procsmith VERB: find the verb and call it.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

extern const struct cli_verb *const __start_cli_verbs[], *const __stop_cli_verbs[];

static void
usage(FILE *out)
{
	fprintf(out, "usage: procsmith VERB ...\n\n");
	for (const struct cli_verb *const *v = __start_cli_verbs; v < __stop_cli_verbs; v++)
		fprintf(out, "  %-10s %s\n", (*v)->name, (*v)->sentence);
	fprintf(out, "\nprocsmith VERB --help tells more. `make help` lists what make does.\n");
}

int
main(int argc, char **argv)
{
	if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		usage(argc < 2 ? stderr : stdout);
		return argc < 2 ? EXIT_USAGE : EXIT_ALL_PASSED;
	}
	for (const struct cli_verb *const *v = __start_cli_verbs; v < __stop_cli_verbs; v++)
		if (!strcmp((*v)->name, argv[1]))
			return (*v)->run(argc - 1, argv + 1);
	fprintf(stderr, "procsmith: there is no verb %s\n\n", argv[1]);
	usage(stderr);
	return EXIT_USAGE;
}
