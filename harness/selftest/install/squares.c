/* SPDX-License-Identifier: MIT */
/* What somebody writes who has never seen this repository: a function over an array, by all
 * processors. Compiled by harness/selftest/install.sh against what make install has put down. */
#include <mp.h>
#include <stdio.h>

static int
squares(const void *in, void *out, size_t n)
{
	const double *x = in;
	double *y = out;

	for (size_t i = 0; i < n; i++)
		y[i] = x[i] * x[i];
	return 0;
}

int
main(void)
{
	static double x[100000], y[100000];
	double sum = 0;
	struct mp_pool *pool;

	for (int i = 0; i < 100000; i++)
		x[i] = i;
	int error = mp_pool_new(&pool, mp_cpus(), NULL);
	if (!error) {
		error = mp_pool_map_bytes(pool, squares, x, sizeof(*x), y, sizeof(*y), 100000, 0);
		mp_pool_free(pool);
	}
	for (int i = 0; i < 100000; i++)
		sum += y[i];
	printf("%s %.0f\n", error ? mp_error_text(error) : "ok", sum);
	return error != 0;
}
