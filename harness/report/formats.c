/* SPDX-License-Identifier: MIT */
/*
 * The formats that were linked in: the linker gathers what REPORT_FORMAT registers.
 */
#include <stddef.h>
#include <string.h>

#include "report.h"

extern const struct report_format *const __start_report_formats[], *const __stop_report_formats[];

const struct report_format *
report_find_format(const char *name)
{
	for (const struct report_format *const *f = __start_report_formats;
	     f < __stop_report_formats; f++)
		if (!strcmp((*f)->name, name))
			return *f;
	return NULL;
}

void
report_each_format(void (*visit)(const struct report_format *format, void *context), void *context)
{
	for (const struct report_format *const *f = __start_report_formats;
	     f < __stop_report_formats; f++)
		visit(*f, context);
}
