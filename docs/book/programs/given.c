/* SPDX-License-Identifier: MIT */
/* What a child is given, and by whom: a child and its child, by one method or by all three. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <mp.h>

static const char *word = "written in the program";

static int run(const struct mp_context *context, int generations);

static int
child(struct mp_value *args)
{
	int64_t generations;

	if (mp_value_int(mp_value_at(args, 0), &generations))
		return 1;
	printf("  %-12s word: %-22s  descriptor 77: %-6s  forked by %s\n",
	    mp_process_name(mp_current_process()), word, fcntl(77, F_GETFD) < 0 ? "closed" : "open",
	    getppid() == mp_process_pid(mp_parent_process()) ? "its parent" : "another");
	return generations > 1 ? run(NULL, (int)generations - 1) : 0;
}
MP_REGISTER(child);

/* Start a child that makes so many generations, and join it. */
static int
run(const struct mp_context *context, int generations)
{
	struct mp_process *p;
	int code = 1;

	if (mp_process_call(&p, context, child, mp_tuple(mp_int(generations)), NULL))
		return 1;
	if (mp_process_start(p) || mp_process_join(p, MP_FOREVER) ||
	    mp_process_exitcode(p, &code) < 0)
		code = 1;
	mp_process_free(p);
	return code;
}

int
main(int argc, char **argv)
{
	int code = mp_init(argc, argv);

	word = "written by main";
	if (code || dup2(STDIN_FILENO, 77) < 0)
		return 1;
	for (enum mp_method m = MP_FORK; !code && m <= MP_FORKSERVER; m++) {
		if (argc > 1 && mp_method_named(argv[1]) != m)
			continue;
		printf("%s\n", mp_method_name(m));
		code = run(mp_get_context(m), 2);
	}
	return code;
}
