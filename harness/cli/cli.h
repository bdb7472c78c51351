/* SPDX-License-Identifier: MIT */
#ifndef CLI_H
#define CLI_H
/*
 * The command's verbs: one file each, found by the linker. A verb reads its options, calls
 * the part that does the work, and says what came of it; nothing more.
 *
 *	CLI_VERB(grade, "grade a submission", cli_grade)
 */

enum { EXIT_ALL_PASSED = 0, EXIT_NOT_ALL = 1, EXIT_USAGE = 2, EXIT_HARNESS = 3 };

struct cli_verb {
	const char *name, *sentence;
	int (*run)(int argc, char **argv); /* argv[0] is the verb */
};

#define CLI_VERB(stem, sentence, function)                                                         \
	static const struct cli_verb cli_verb_##stem = {#stem, sentence, function};                \
	static const struct cli_verb *const cli_verb_entry_##stem                                  \
	    __attribute__((section("cli_verbs"), used)) = &cli_verb_##stem;

#endif
