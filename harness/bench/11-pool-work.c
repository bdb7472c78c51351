/* SPDX-License-Identifier: MIT */
/*
 * What a pool is for: words in texts, SHA-256 of files, rows of the Mandelbrot set.
 *
 * One operation is the whole of it. All have as many workers as there are processors to use;
 * "alone" is the same code without a pool. Python's side has the same tasks, in Python: where it
 * is not in a C library there, the language is most of the difference. The files are those that
 * harness/bench/files makes, in BENCH_FILES.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <fcntl.h>
#include <glob.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mp.h>

#include "bench/bench.h"

/* --- the tasks ------------------------------------------------------------------------------- */

struct file {
	const char *data;
	size_t size;
};

static int
map_file(const char *path, struct file *file)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &status))
		return -1;
	file->size = (size_t)status.st_size;
	file->data = mmap(NULL, file->size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	return file->data == MAP_FAILED ? -1 : 0;
}

static int
count_words(struct mp_value *args, struct mp_value **result)
{
	struct file file;
	int64_t words = 0;
	bool in_word = false;

	if (map_file(mp_value_str(mp_value_at(args, 0)), &file))
		return mp_task_fail("no such file");
	for (size_t i = 0; i < file.size; i++) {
		bool blank = isspace((unsigned char)file.data[i]);
		words += !blank && !in_word;
		in_word = !blank;
	}
	munmap((void *)file.data, file.size);
	return (*result = mp_int(words)) ? 0 : -1;
}

static int
digest(struct mp_value *args, struct mp_value **result)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned size;
	struct file file;

	if (map_file(mp_value_str(mp_value_at(args, 0)), &file) ||
	    !EVP_Digest(file.data, file.size, sum, &size, EVP_sha256(), NULL))
		return mp_task_fail("no such file");
	munmap((void *)file.data, file.size);
	return (*result = mp_bytes(sum, size)) ? 0 : -1;
}

enum { WIDTH = 256, HEIGHT = 256, LIMIT = 200 };

struct row {
	unsigned char pixel[WIDTH];
};

static int
mandelbrot(const void *in, void *out, size_t n)
{
	for (size_t k = 0; k < n; k++)
		for (int i = 0; i < WIDTH; i++) {
			double a = i * 3.0 / WIDTH - 2, b = ((const int *)in)[k] * 2.0 / HEIGHT - 1;
			double x = 0, y = 0;
			int steps = 0;
			for (; steps < LIMIT && x * x + y * y < 4; steps++) {
				double t = x * x - y * y + a;
				y = 2 * x * y + b;
				x = t;
			}
			((struct row *)out)[k].pixel[i] = (unsigned char)steps;
		}
	return 0;
}

/* --- how they are measured ------------------------------------------------------------------- */

static struct mp_value *
files(const char *pattern)
{
	const char *folder = getenv("BENCH_FILES");
	struct mp_value *list = mp_list();
	char path[1000];
	glob_t found;

	snprintf(path, sizeof(path), "%s/%s", folder ? folder : "build/bench/files", pattern);
	NEED(-glob(path, 0, NULL, &found));
	for (size_t i = 0; i < found.gl_pathc; i++)
		NEED(mp_list_append(list, mp_str(found.gl_pathv[i])));
	globfree(&found);
	return list;
}

static void
by_pool(struct bench *b, mp_task *f, const char *pattern)
{
	struct mp_value *items = files(pattern), *values;
	struct mp_pool *pool;

	NEED(mp_pool_new(&pool, mp_cpus(), NULL));
	bench_start(b);
	for (long i = 0; i < b->count; i++) {
		NEED(mp_pool_map(pool, f, items, 0, &values));
		mp_value_free(values);
	}
	bench_stop(b);
	mp_value_free(items);
	mp_pool_free(pool);
}

static void
alone(struct bench *b, mp_task *f, const char *pattern)
{
	struct mp_value *items = files(pattern), *value;

	bench_start(b);
	for (long i = 0; i < b->count; i++)
		for (size_t k = 0; k < mp_value_len(items); k++) {
			struct mp_value *args = mp_tuple(mp_value_ref(mp_value_at(items, k)));
			NEED(f(args, &value));
			mp_value_free(args);
			mp_value_free(value);
		}
	bench_stop(b);
	mp_value_free(items);
}

BENCH("work: words in 64 texts", "libmp")
{
	by_pool(b, count_words, "*.txt");
}

BENCH("work: words in 64 texts", "alone")
{
	alone(b, count_words, "*.txt");
}

BENCH("work: SHA-256 of 500 files", "libmp")
{
	by_pool(b, digest, "*.bin");
}

BENCH("work: SHA-256 of 500 files", "alone")
{
	alone(b, digest, "*.bin");
}

static void
picture(struct bench *b, struct mp_pool *pool)
{
	int y[HEIGHT];
	struct row rows[HEIGHT];

	for (int i = 0; i < HEIGHT; i++)
		y[i] = i;
	bench_start(b);
	for (long i = 0; i < b->count; i++)
		NEED(pool ? mp_pool_map_bytes(
				pool, mandelbrot, y, sizeof(*y), rows, sizeof(*rows), HEIGHT, 1)
			  : mandelbrot(y, rows, HEIGHT));
	bench_stop(b);
	mp_pool_free(pool);
}

BENCH("work: Mandelbrot, a task a row", "libmp")
{
	struct mp_pool *pool;

	NEED(mp_pool_new(&pool, mp_cpus(), NULL));
	picture(b, pool);
}

BENCH("work: Mandelbrot, a task a row", "alone")
{
	picture(b, NULL);
}

BENCH("work: Mandelbrot, a task a row", "OpenMP")
{
	struct row rows[HEIGHT];

	bench_start(b);
	for (long i = 0; i < b->count; i++) {
#pragma omp parallel for num_threads(mp_cpus()) schedule(dynamic, 1)
		for (int y = 0; y < HEIGHT; y++)
			mandelbrot(&y, &rows[y], 1);
	}
	bench_stop(b);
}
