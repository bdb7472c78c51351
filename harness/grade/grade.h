/* SPDX-License-Identifier: MIT */
#ifndef GRADE_H
#define GRADE_H
/*
 * Submission in, results out.
 *
 * plan: which rows. submission: what was handed in, copied and checked. build: compiled,
 * one program of rows a stage. Then the runner runs them, and judge turns what happened
 * into one row of the native results (report/report.h).
 *
 * Invariants: the submission is only read. What is wrong with it is told in the results or
 * in a message of one line; what is wrong with us is a harness error, never the student's.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "runner/run.h"

#define GRADE_MESSAGE 512

struct grade_options {
	const char *submission; /* NULL: "labs" */
	char *const *wanted;	/* stages, tasks, rows; none: everything */
	size_t wanted_count;
	bool own;		/* link the student's stages with each other */
	unsigned jobs;		/* rows at a time */
	double compile_seconds; /* for one file; 0: 60 */
	long seed;
	enum trace_level level; /* the most that is wanted */
	const char *graphs;	/* a folder for the pictures; NULL: the kit's */
	const char *command;	/* how to repeat: "make grade" or the command line so far */
	void (*progress)(size_t done, size_t rows, void *context);
	void *context;
};

/*
 * Grade. 0 and the native results (a new reference), or the exit code of the command (2 or
 * 3) and why in message.
 */
int grade(const struct grade_options *options, json_t **results, char *message);

/* --- kit.c: where everything is ------------------------------------------------------- */

/* The kit's folder, found from the program itself: absolute, no slash at its end. */
const char *kit_root(void);
/* Where the kit was built: absolute. */
const char *kit_build(void);
/* Format into a static-size path; false when it does not fit. */
bool
kit_path(char *path, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Write the message, cut to GRADE_MESSAGE; gives back the code. */
int
grade_fail(char *message, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* --- text.c: what others wrote, made safe for JSON --------------------------------------- */

/* A JSON string of these bytes: what is not UTF-8 becomes U+FFFD. */
json_t *text_json(const char *bytes, size_t size);
/* Of a field that should be terminated but may not be; null when it is empty. */
json_t *text_field(const char *field, size_t size);
/* printf, as a JSON string. */
json_t *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* --- plan.c: stages and their rows, from the reference's programs ---------------------- */

struct plan_row {
	char *id, *task; /* "process.3/waits", "process.3" */
	char *sentence, *graph, *owes, *file;
	int points, line;
	double seconds;
	bool wanted;
};

struct plan_stage {
	char name[64]; /* "01-process" */
	char *title;
	struct plan_row *rows;
	size_t count;
	json_t *matrix; /* rows of others that are run again, as in the results */
	bool wanted;

	/* submission.c and build.c */
	bool present;	 /* in the submission */
	bool unfinished; /* a mp_todo stands in it */
	bool built;
	char *messages; /* of the compiler, the student's paths; NULL: none */
	char *program;	/* of rows */
	unsigned warnings;
};

struct plan {
	struct plan_stage *stages;
	size_t count;
};

/* Read all stages; 0, or 2 or 3 and a message. */
int plan_read(struct plan *plan, char *const *wanted, size_t wanted_count, char *message);
void plan_release(struct plan *plan);

/* --- submission.c ------------------------------------------------------------------------ */

struct submission {
	char path[4096];   /* as given */
	char shown[256];   /* how its files are called in messages: "labs", "handed-in" */
	bool single;	   /* one stage's folder, not a tree */
	char scratch[256]; /* a temporary folder; the copy is scratch/src/SHOWN */
};

/* Copy and check; marks the stages that are there. 0, or 2 or 3 and a message. */
int submission_open(struct submission *s, const char *path, struct plan *plan, char *message);
/* Remove the scratch folder. */
void submission_close(struct submission *s);

/* --- build.c --------------------------------------------------------------------------------- */

/* Compile and link every wanted stage that is present. 0, or 3 and a message: what the
 * student's files did wrong is in the stage's messages. */
int build_stages(struct plan *plan, const struct submission *s, const struct grade_options *options,
    char *message);

/* --- judge.c ------------------------------------------------------------------------- */

struct judge {
	const struct grade_options *options;
	const struct submission *submission;
	const char *graphs; /* the pictures' folder, as it is shown */
};

/* Did it pass? If not, the judge wants the reference's run of the row beside it. */
bool judge_wants_reference(const struct plan_row *row, const struct run *run);
/* One row of the results, from what happened; draws its picture. A new reference.
 * reference: the same row with the reference's objects, NULL if it was not run */
json_t *judge_row(const struct judge *judge, const struct plan_stage *stage,
    const struct plan_row *row, const struct run *run, const struct run *reference);
/* One row that was not run, and why ("did not compile"). A new reference. */
json_t *judge_unrun(const struct judge *judge, const struct plan_stage *stage,
    const struct plan_row *row, const char *verdict, const char *why);

/* --- fault.c ------------------------------------------------------------------------- */

/* Where a crash was: in the student's files if any frame is, else in the first that is
 * known. */
struct fault {
	char who[64]; /* "P.1" */
	int signal;
	char function[128]; /* "": not known */
	char file[256];	    /* as it is shown: "labs/01-process/process.c" */
	int line;
	bool students; /* the file is of the submission */
};

/* The first crash in the log of who (NULL: anybody) that is in the student's files, else
 * the first at all. False: there is none. */
bool
fault_find(const struct run *run, const struct submission *s, const char *who, struct fault *fault);

/* --- command.c ----------------------------------------------------------------------------------- */

/*
 * Run a program to its end, at most seconds long; its process group is killed after that,
 * and when one of run_signals, which the caller has blocked, is waiting.
 *
 * directory  where it works on what a student wrote: its temporary files go there, too, and
 *            memory and file size are limited; NULL: here, and no limits
 * output  what it wrote to stdout and stderr, cut at 1 MiB; the caller frees
 * Returns its exit status (128 + N for signal N, 124 when it took too long), or -errno:
 *   -EINTR  a signal is waiting
 */
int command_run(char *const argv[], const char *directory, double seconds, char **output);

#endif
