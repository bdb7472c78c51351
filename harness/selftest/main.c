/* SPDX-License-Identifier: MIT */
/*
 * The harness's own tests: selftest [WORDS]
 *
 * Every SELFTEST is one CUnit test in a suite of that name; WORDS picks those whose suite or
 * sentence holds them. What fails is told with its file and line, the last line is the tally
 * of tests (not of assertions). On a terminal the current one is shown meanwhile.
 */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <CUnit/TestRun.h>

#include "selftest/selftest.h"

extern const struct selftest *const __start_selftests[], *const __stop_selftests[];

static bool
is_wanted(const struct selftest *test, const char *words)
{
	return !words || strstr(test->suite, words) || strstr(test->sentence, words);
}

static CU_pSuite
suite_of(const struct selftest *test)
{
	CU_pSuite suite = CU_get_suite(test->suite);

	return suite ? suite : CU_add_suite(test->suite, NULL, NULL);
}

static void
tell_failures(const struct selftest *test)
{
	printf("FAILED  %s: %s\n", test->suite, test->sentence);
	for (CU_pFailureRecord f = CU_get_failure_list(); f; f = f->pNext)
		printf("        %s:%u: %s\n", f->strFileName ? f->strFileName : "?",
		    f->uiLineNumber, f->strCondition ? f->strCondition : "?");
	fflush(stdout);
}

static void
show(const struct selftest *test)
{
	if (isatty(STDERR_FILENO))
		fprintf(
		    stderr, "\r\033[K%s: %s", test ? test->suite : "", test ? test->sentence : "");
	if (!test && isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K");
}

/* Did all its assertions hold? */
static bool
run(const struct selftest *test)
{
	CU_pSuite suite = suite_of(test);
	CU_pTest entry = suite ? CU_add_test(suite, test->sentence, test->function) : NULL;

	if (!entry) {
		fprintf(stderr, "%s: %s: %s\n", test->suite, test->sentence, CU_get_error_msg());
		return false;
	}
	show(test);
	CU_run_test(suite, entry);
	show(NULL);
	if (CU_get_number_of_failures() == 0)
		return true;
	tell_failures(test);
	return false;
}

int
main(int argc, char **argv)
{
	unsigned passed = 0, failed = 0;

	if (argc > 2 || CU_initialize_registry()) {
		fprintf(stderr, "usage: %s [WORDS]\n", argv[0]);
		return 2;
	}
	CU_set_error_action(CUEA_IGNORE);
	for (const struct selftest *const *t = __start_selftests; t < __stop_selftests; t++)
		if (is_wanted(*t, argv[1]))
			*(run(*t) ? &passed : &failed) += 1;
	CU_cleanup_registry();
	printf("%u passed, %u failed\n", passed, failed);
	return failed || !passed;
}
