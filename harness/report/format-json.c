/* SPDX-License-Identifier: MIT */
/*
 * The document itself, for people and programs alike: indented, fields in their order.
 *
 * Where it is printed in a GitHub job, "##[" would be a command: its second # is written
 * as an escape, which is the same string to every reader of JSON.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

static int
write_json(const json_t *results, FILE *out)
{
	char *text = json_dumps(results, JSON_INDENT(1) | JSON_REAL_PRECISION(9)), *rest = text;

	if (!text)
		return -EINVAL;
	for (char *command; (command = strstr(rest, "##[")); rest = command + 2) {
		fwrite(rest, 1, (size_t)(command - rest) + 1, out);
		fputs("\\u0023", out);
	}
	fprintf(out, "%s\n", rest);
	free(text);
	return ferror(out) ? -EIO : 0;
}

REPORT_FORMAT(json, "the native results (docs/results.md)", write_json)
