/* SPDX-License-Identifier: MIT */
/*
 * One line that test runners read: "78 passed, 0 failed".
 */
#include <errno.h>

#include "report/report.h"

static int
write_tally(const json_t *results, FILE *out)
{
	json_t *totals = json_object_get(results, "totals");
	json_int_t rows = json_integer_value(json_object_get(totals, "rows"));
	json_int_t passed = json_integer_value(json_object_get(totals, "pass"));

	return fprintf(out, "%lld passed, %lld failed\n", (long long)passed,
		   (long long)(rows - passed)) < 0
		   ? -EIO
		   : 0;
}
REPORT_FORMAT(tally, "one line: N passed, N failed", write_tally)
