/* SPDX-License-Identifier: MIT */
/*
 * The document itself, for people and programs alike: indented, fields in their order.
 */
#include <errno.h>
#include <jansson.h>

#include "report.h"

static int
write_json(const json_t *results, FILE *out)
{
	if (json_dumpf(results, out, JSON_INDENT(1) | JSON_REAL_PRECISION(9)) < 0)
		return -EIO;
	return putc('\n', out) == EOF ? -EIO : 0;
}

REPORT_FORMAT(json, "the native results (docs/results.md)", write_json)
