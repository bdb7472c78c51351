/* SPDX-License-Identifier: MIT */
#ifndef SELFTEST_H
#define SELFTEST_H
/* The harness's own tests: SELFTEST(suite, sentence, function) after each function registers
 * it by the linker; main.c runs them all, or those whose suite or sentence holds argv[1]. */
#include <CUnit/CUnit.h>
struct selftest {
	const char *suite, *sentence;
	void (*function)(void);
};
#define SELFTEST(suite, sentence, function)                                                        \
	static const struct selftest selftest_##function = {suite, sentence, function};            \
	static const struct selftest *const selftest_entry_##function                              \
	    __attribute__((section("selftests"), used)) = &selftest_##function;
#endif
