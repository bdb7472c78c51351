/* SPDX-License-Identifier: MIT */
/*
 * A hundred and thirty bytes that would print as a trillion megabytes.
 *
 * DUP and TUPLE2, two bytes, make a tuple that holds what was there before twice. The value
 * stays small: each tuple holds one other, in two places. But whoever walks through it
 * without noticing that he has been here, walks twice as long for every two bytes.
 */
#include <math.h>
#include <stdio.h>
#include <time.h>

/* A tuple of two, or (part NULL) the text 'ha'. */
struct value {
	const struct value *part[2];
};

/* How long is its repr? By walking: every part each time that it is met. */
static double
walk(const struct value *v, long *steps)
{
	++*steps;
	if (!v->part[0])
		return 4;
	return 4 + walk(v->part[0], steps) + walk(v->part[1], steps);
}

/* The same, by remembering: values[i] holds values[i - 1] twice. */
static double
length(int levels)
{
	return levels == 0 ? 4 : 4 + 2 * length(levels - 1);
}

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
human(double bytes, char *text, size_t size)
{
	static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	int unit = 0;

	for (; bytes >= 1024 && unit < 6; unit++)
		bytes /= 1024;
	snprintf(text, size, "%.4g %s", bytes, units[unit]);
}

int
main(void)
{
	struct value values[61] = {{{NULL, NULL}}};
	char text[32];

	for (int i = 1; i <= 60; i++)
		values[i] = (struct value){{&values[i - 1], &values[i - 1]}};
	printf("pickle       values   repr             walked in\n");
	for (int i = 4; i <= 60; i += 4) {
		human(length(i), text, sizeof(text));
		printf("%3d bytes %8d   %-14s", 8 + 2 * i, i + 1, text);
		if (i <= 24) {
			long steps = 0;
			double before = seconds();
			walk(&values[i], &steps);
			printf("%10.3f ms, %ld steps\n", (seconds() - before) * 1e3, steps);
		} else {
			printf("        (not tried)\n");
		}
		fflush(stdout);
	}
	printf("\nPrinting, comparing, hashing, counting: each needs to know where it has been.\n");
	return 0;
}
