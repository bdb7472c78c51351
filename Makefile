# Procsmith: build Python's multiprocessing in C, stage by stage, and see every process.
# One file, not recursive. `make help` lists what a person may ask for.
# A new stage, task, row, mutant, demo, format or verb is found by wildcard: add the file.

SHELL := /bin/bash
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := all

comma := ,
SAN ?=
B := build$(addprefix -,$(subst $(comma),-,$(SAN)))

CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wpointer-arith
# Frame pointers, and programs at fixed addresses (no PIE): the tracer walks a crash back to its
# source line. The objects are PIC all the same, so that anybody can link libmp.a.
CODE := -std=c11 -O1 -g -fno-omit-frame-pointer -fno-optimize-sibling-calls -no-pie -fPIC \
	-pthread $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all)
INCLUDE := -Ilabs/include
COMPILE = $(CC) $(CODE) $(WARN) $(INCLUDE)
# Bound at once: what a child calls first is not looked up again in every child.
LINK = $(CC) $(CODE) -Wl,-z,now

STAGES := $(notdir $(patsubst %/,%,$(sort $(wildcard solutions/[0-9][0-9]-*/))))
OBJ := $(B)/obj

base_c := $(wildcard labs/00-base/*.c)
stage_c := $(foreach s,$(STAGES),$(wildcard solutions/$(s)/*.c))
libmp_o := $(patsubst %.c,$(OBJ)/%.o,$(base_c) $(stage_c))
row_c := harness/runner/row.c harness/runner/rows.c
harness_c := $(filter-out $(row_c),$(wildcard $(addprefix harness/,\
	cli/*.c grade/*.c runner/*.c trace/*.c graph/*.c report/*.c stuck/*.c)))
harness_o := $(patsubst %.c,$(OBJ)/%.o,$(harness_c))
selftest_o := $(patsubst %.c,$(OBJ)/%.o,$(wildcard harness/selftest/*.c))
peers := $(patsubst harness/selftest/peers/%.c,$(B)/peers/%,$(wildcard harness/selftest/peers/*.c))
row_o := $(patsubst %.c,$(OBJ)/%.o,$(row_c))
tests := $(patsubst harness/tests/%.c,$(B)/tests/%,$(wildcard harness/tests/[0-9]*.c))

# The grader links whatever objects a stage has: those whose source has gone must go, too.
linked_o := $(addprefix $(OBJ)/,labs/00-base/*.o solutions/*/*.o harness/tests/*/*.o)
stale_o := $(foreach o,$(wildcard $(linked_o)),$(if $(wildcard $(o:$(OBJ)/%.o=%.c)),,$(o)))
$(if $(stale_o),$(shell rm -f $(stale_o)))

# --- packages ---------------------------------------------------------------------------------
# A stamp for each group of harness/tools/need: what is missing is installed, and said.

$(B)/need-%: harness/tools/need
	@mkdir -p $(@D)
	@harness/tools/need $*
	@touch $@

# --- objects, libraries, programs -------------------------------------------------------------

packages = $(shell pkg-config --cflags $(1))
$(OBJ)/harness/%.o: INCLUDE += -Iharness

$(OBJ)/%.o: %.c Makefile | $(B)/need-build
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(COMPILE) $(EXTRA) -MMD -MP -c -o $@ $<

$(OBJ)/harness/grade/%.o: EXTRA = -DKIT_CC='"$(CC)"' -DKIT_CODE='"$(CODE)"' -DKIT_WARN='"$(WARN)"' \
	-DKIT_BUILD='"$(B)"'
$(OBJ)/harness/graph/%.o: EXTRA = $(call packages,libcgraph libgvc)

$(B)/libmp.a: $(libmp_o)
	@echo "  AR      $@"
	@rm -f $@; ar rcs $@ $^

$(B)/procsmith: $(harness_o) $(OBJ)/labs/00-base/io.o $(OBJ)/labs/00-base/deadline.o \
		$(OBJ)/labs/00-base/proc.o $(OBJ)/labs/00-base/error.o
	@echo "  LINK    $@"
	@$(LINK) -o $@ $^ $(shell pkg-config --libs libcgraph libgvc jansson libseccomp) -lm

# The harness's own tests: all of it but the command's main.
$(B)/selftest: $(filter-out %/cli/main.o,$(harness_o)) $(selftest_o) \
		$(patsubst %.c,$(OBJ)/%.o,$(base_c))
	@echo "  LINK    $@"
	@$(LINK) -o $@ $^ $(shell pkg-config --libs libcgraph libgvc jansson libseccomp) -lcunit -lm

# Beside a stage's rows may lie a folder of its name: what only they need.
.SECONDEXPANSION:
$(B)/tests/%: $(OBJ)/harness/tests/%.o $(row_o) \
		$$(addprefix $(OBJ)/,$$(addsuffix .o,$$(basename $$(wildcard harness/tests/$$*/*.c)))) \
		$(B)/libmp.a
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	@$(LINK) -o $@ $^ -lcunit -lm

-include $(shell find $(OBJ) -name '*.d' 2>/dev/null)

# --- what a person asks for -------------------------------------------------------------------

.PHONY: all
all: $(B)/procsmith $(B)/libmp.a $(tests) ## build everything and print the ladder
	@$(B)/procsmith status

.PHONY: help
help: ## what can be asked for
	@awk -F ':.*## ' '/^[a-zA-Z_%.-]+:.*## /{printf "  make %-22s %s\n", $$1, $$2}' Makefile

SUBMISSION ?= labs
T ?=
grade_options = --submission $(SUBMISSION) $(if $(OWN),--own)

.PHONY: grade
grade: $(B)/procsmith $(tests) ## grade labs/, or SUBMISSION=folder; OWN=1 links all yours
	@$(B)/procsmith grade $(grade_options) $(T)

.PHONY: grade-%
grade-%: $(B)/procsmith $(tests) ## grade one stage: grade-01-process; T=process.3 one task
	@$(B)/procsmith grade $(grade_options) $(or $(T),$*)

# A demo is a program of one file: labs/NN-x/demos/NAME.c. D=NAME runs just that one.
.PHONY: demo-%
demo-%: demos ## run a stage's demos: demo-02-reap; D=zombie just one
	@for demo in $(B)/demos/$*/$(or $(D),*); do \
		printf '\n==== %s\n' "$${demo#$(B)/demos/}"; $$demo || exit; done

.PHONY: demos
demos: $(patsubst labs/%.c,$(B)/demos/%,$(subst /demos/,/,$(wildcard labs/*/demos/*.c)))

$(B)/demos/%: labs/$$(*D)/demos/$$(*F).c | $(B)/need-build
	@mkdir -p $(@D)
	@echo "  DEMO    $<"
	@$(COMPILE) -o $@ $<

.PHONY: test
test: $(B)/procsmith $(B)/libmp.a $(tests) $(B)/selftest examples | $(B)/need-test ## run all tests
	@harness/tools/test $(B)

.PHONY: selftest
selftest: $(B)/procsmith $(tests) $(B)/selftest ## the harness's own tests; T=words just those
	@$(B)/selftest $(if $(T),"$(T)")

ROUNDS ?= 9
.PHONY: soak
soak: soak-queue $(B)/procsmith $(tests) ## grade the reference for 2,000 rows: what is left? MODE=busy: on busy processors
	@PROCSMITH=$(B)/procsmith harness/bench/soak.sh $(MODE)

.PHONY: soak-%
soak-%: $(B)/soak-% ## soak-queue: ten million messages, two processes killed each second; MESSAGES= EVERY=
	@$< $(or $(MESSAGES),10000000) $(or $(EVERY),1)

$(B)/soak-%: $(OBJ)/harness/bench/soak-%.o $(B)/libmp.a
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	@$(LINK) -o $@ $^ -lm

# A program of measurements for each harness/bench/NN-x.c; Python's side in NN-x.py beside it.
benches := $(patsubst harness/bench/%.c,$(B)/bench/%,$(wildcard harness/bench/[0-9]*.c))
bench_o := $(OBJ)/harness/bench/bench.o

$(OBJ)/harness/bench/06-lock.o: | $(B)/need-bench

# Measured is what is installed; what stands beside it is compiled with -O2, too.
$(benches:$(B)/%=$(OBJ)/harness/%.o) $(bench_o): EXTRA = -O2

$(B)/bench/pool-storm: $(OBJ)/harness/bench/pool-storm.o $(B)/libmp.a
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	@$(LINK) -o $@ $^ -lm

$(B)/bench/%: $(OBJ)/harness/bench/%.o $(bench_o) $(B)/lib/libmp.a
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	@$(LINK) -o $@ $^ $(bench_libs) -lm

# OpenMP is a contender, and so is OpenSSL's SHA-256, which is Python's, too.
$(OBJ)/harness/bench/11-pool.o $(OBJ)/harness/bench/11-pool-work.o: EXTRA = -O2 -fopenmp
$(B)/bench/11-pool: bench_libs = -fopenmp
$(B)/bench/11-pool-work: bench_libs = -fopenmp -lcrypto
$(B)/bench/11-pool-work: | $(B)/bench/files
$(OBJ)/harness/bench/11-pool-work.o: | $(B)/need-bench

$(B)/bench/files: harness/bench/files
	@echo "  FILES   $@"
	@harness/bench/files $@

CPUS ?= 0
.PHONY: bench
bench: bench-trace bench-libmp ## measure everything: the library beside its peers, and tracing

.PHONY: bench-trace
bench-trace: $(B)/procsmith | $(B)/need-bench ## what tracing costs, beside untraced and strace
	@PROCSMITH=$(B)/procsmith CC=$(CC) harness/bench/trace-overhead.sh $(ROUNDS)

.PHONY: bench-libmp
bench-libmp: $(benches) | $(B)/need-bench ## libmp beside CPython, raw C and others; T=words CPUS=0,1
	@harness/bench/compare --rounds $(ROUNDS) --cpus $(CPUS) --only "$(T)" --json $(B)/bench.json \
		$(benches) $(wildcard harness/bench/[0-9]*.py)
	@harness/bench/plot $(B)/bench.json $(B)/bench.svg
	@echo; echo "$(B)/bench.json and $(B)/bench.svg have it all"

.PHONY: bench-quick
bench-quick: ## bench-libmp in two minutes
	@$(MAKE) --no-print-directory bench-libmp ROUNDS=3

.PHONY: storm
storm: $(B)/bench/pool-storm ## 100,000 tasks while workers are killed; ROUNDS=20 TASKS=100000
	@ROUNDS=$(ROUNDS) $(if $(TASKS),TASKS=$(TASKS)) $(B)/bench/pool-storm

.PHONY: check
check: format lint test ## tests, skeletons, ids, mutants, format and lint

sources := $(shell git ls-files '*.c' '*.h' 2>/dev/null)
.PHONY: format
format: | $(B)/need-check ## is every file as .clang-format says?
	@clang-format --dry-run --Werror $(sources)

.PHONY: lint
lint: | $(B)/need-check ## what cppcheck finds
	@cppcheck --quiet --std=c11 --enable=warning,portability --inline-suppr --error-exitcode=1 \
		--suppressions-list=harness/tools/cppcheck -D__x86_64__ '-DMP__PARTS(...)=mp__parts(0, 0)' -I labs/include -I harness \
		labs/00-base solutions harness

.PHONY: compile_commands.json
compile_commands.json: ## for clangd and other editors' helpers
	@for file in $(base_c) $(stage_c) $(harness_c) $(wildcard harness/tests/*.c) \
		$(row_c) $(wildcard labs/[0-9]*/*.c); do \
		printf '%s{"directory":"%s","file":"%s","command":"%s -c %s"}\n' "$$comma" "$(CURDIR)" \
		"$$file" '$(subst ",\",$(CC) $(CODE) $(WARN) -Ilabs/include -Iharness)' "$$file"; comma=,; \
		done | { echo '['; cat; echo ']'; } > $@
	@echo "wrote $@"

.PHONY: clean
clean: ## remove what was built
	rm -rf build build-*

# --- tools and documents ----------------------------------------------------------------------
# Skeletons, examples, ids, the errors table; the book.

headers := $(filter-out %/internal.h,$(wildcard labs/include/mp/*.h))
examples := $(patsubst labs/include/mp/%.h,$(B)/examples/%,$(headers))

.PHONY: skeletons
skeletons: ## make labs/NN-x/ from solutions/NN-x/, keeping what a student changed
	@harness/tools/skeletons --write

.PHONY: errors
errors: ## make docs/errors.md from the table in mp/error.h
	@harness/tools/errors > docs/errors.md

$(B)/examples/%.c: labs/include/mp/%.h harness/tools/examples
	@harness/tools/examples $< $(@D)

$(B)/examples/%: $(B)/examples/%.c $(B)/libmp.a
	@echo "  EXAMPLE $(<F)"
	@$(COMPILE) -o $@ $< $(B)/libmp.a -lm

.PHONY: examples
examples: $(examples) ## compile and run the example in each header
	@for example in $^; do $$example < /dev/null > $$example.out 2>&1 || \
		{ echo "$$example failed:"; cat $$example.out; exit 1; }; done

# The programs of the book say what the book says they say.
programs := $(patsubst docs/book/programs/%.c,$(B)/book/%,$(wildcard docs/book/programs/*.c))

$(B)/book/%: docs/book/programs/%.c $(B)/libmp.a
	@mkdir -p $(@D)
	@echo "  BOOK    $(<F)"
	@$(COMPILE) -o $@ $< $(B)/libmp.a -lm

.PHONY: programs
programs: $(programs) ## compile and run the programs of the book
	@for program in $^; do $$program < /dev/null 2>&1 | \
		diff docs/book/programs/$${program##*/}.out - || \
		{ echo "$$program does not say what its .out says" >&2; exit 1; }; done

.PHONY: docs
docs: $(B)/need-docs ## make the book: build/docs/index.html
	@harness/tools/book $(B)/docs
	@echo "  BOOK    $(B)/docs/index.html"

test: programs $(peers)
check: docs test-book

.PHONY: test-tools test-book
test-tools:
	@harness/selftest/tools.sh

test-book: $(B)/need-docs
	@harness/selftest/book.sh

.PHONY: check-tools
check-tools:
	@harness/tools/skeletons --check
	@harness/tools/ids
	@harness/tools/points
	@harness/tools/errors | diff docs/errors.md - || \
		{ echo "docs/errors.md is not what mp/error.h says: make errors" >&2; exit 1; }

# --- install ----------------------------------------------------------------------------------
# The library for programs of any kind: libmp.a, libmp.so, headers, pkg-config's libmp.pc.

PREFIX ?= /usr/local
VERSION := 0.1.0
SO := libmp.so.$(basename $(basename $(VERSION)))
installed_o := $(patsubst %.c,$(B)/lib/%.o,$(base_c) $(stage_c))
installed = $(DESTDIR)$(PREFIX)

$(B)/lib/%.o: %.c Makefile | $(B)/need-build
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC) -std=c11 -O2 -g -fPIC -pthread $(WARN) $(INCLUDE) -MMD -MP -c -o $@ $<

$(B)/lib/libmp.a: $(installed_o)
	@echo "  AR      $@"
	@rm -f $@; ar rcs $@ $^

$(B)/lib/$(SO): $(installed_o)
	@echo "  LINK    $@"
	@$(CC) -shared -pthread -Wl,-z,now,-soname,$(SO) -o $@ $^ -lm

-include $(installed_o:.o=.d)

.PHONY: install
install: $(B)/lib/libmp.a $(B)/lib/$(SO) libmp.pc.in ## put libmp down; PREFIX=/usr/local DESTDIR=
	@install -d $(installed)/lib/pkgconfig $(installed)/include/mp
	@install -m 644 labs/include/mp.h $(installed)/include
	@install -m 644 $(headers) $(installed)/include/mp
	@install -m 644 $(B)/lib/libmp.a $(installed)/lib
	@install -m 755 $(B)/lib/$(SO) $(installed)/lib/libmp.so.$(VERSION)
	@ln -sf libmp.so.$(VERSION) $(installed)/lib/$(SO)
	@ln -sf $(SO) $(installed)/lib/libmp.so
	@sed 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(VERSION)|' libmp.pc.in \
		> $(installed)/lib/pkgconfig/libmp.pc
	@echo "  INSTALL $(installed)"

.PHONY: test-install
test-install: ## what is installed is all that a program outside needs
	@harness/selftest/install.sh

# --- peers ------------------------------------------------------------------------------------
# harness/selftest/peers/NAME.c is the library's end of a talk with something live: Python.

$(B)/peers/%: $(OBJ)/harness/selftest/peers/%.o $(B)/libmp.a
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	@$(LINK) -o $@ $^ -lm

.PHONY: peers
peers: $(peers)

.PHONY: test-pipe-peer
test-pipe-peer: $(peers) ## live Pythons at the other end of a connection
	@harness/selftest/pipe-peer.sh $(B)

.PHONY: test-pickle-peer
test-pickle-peer: $(peers) ## values as bytes, to live Pythons and back; SEED=new others
	@harness/selftest/pickle-peer.sh $(B) $(SEED)

.PHONY: test-knots-peer
test-knots-peer: $(peers) $(B)/procsmith ## deadlocks of the library's locks, seen from outside; REPEATS=20
	@harness/selftest/knots-peer.sh $(B) $(REPEATS)

.PHONY: test-shm-peer
test-shm-peer: $(peers) ## shared memory, lists and semaphores, with live Pythons
	@harness/selftest/shm-peer.sh $(B)

# --- killed at counted points ---------------------------------------------------------------

.PHONY: killpoints
killpoints: $(B)/procsmith $(tests) ## where processes were killed, and who hung then; T=words
	@harness/tools/killpoints $(B) "$(T)"

# --- fuzzing ----------------------------------------------------------------------------------
# harness/fuzz/NAME.c is a target of libFuzzer's; its corpus is harness/fuzz/corpus/NAME/, which
# is also where an input is left that broke it (harness/fuzz/README.md).

SECONDS ?= 60
fuzz := $(patsubst harness/fuzz/%.c,%,$(wildcard harness/fuzz/*.c))
fuzz_o := $(patsubst %.c,$(B)/fuzz/obj/%.o,$(base_c) $(stage_c))
FUZZ_COMPILE = clang -std=c11 -O1 -g -fno-omit-frame-pointer -pthread $(WARN) $(INCLUDE) \
	-fsanitize=address,undefined -fno-sanitize-recover=all

$(B)/fuzz/obj/%.o: %.c Makefile | $(B)/need-fuzz
	@mkdir -p $(@D)
	@echo "  CLANG   $<"
	@$(FUZZ_COMPILE) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

$(B)/fuzz/%: harness/fuzz/%.c $(fuzz_o)
	@echo "  FUZZ    $@"
	@$(FUZZ_COMPILE) -fsanitize=fuzzer -o $@ $^ -lm

-include $(shell find $(B)/fuzz/obj -name '*.d' 2>/dev/null)

.PHONY: fuzz
fuzz: $(addprefix fuzz-,$(fuzz)) ## give hostile bytes to every reader; SECONDS=60 each; fuzz-frame

.PHONY: fuzz-% replay-% keep-% run-replay-%
fuzz-%: $(B)/fuzz/%
	@mkdir -p $(B)/fuzz/found/$* harness/fuzz/corpus/$*
	@echo "  FUZZ    $* for $(SECONDS) s"
	@$< -max_total_time=$(SECONDS) -max_len=20000 -timeout=10 -malloc_limit_mb=64 -verbosity=0 \
		-print_final_stats=1 -artifact_prefix=harness/fuzz/corpus/$*/ \
		$(B)/fuzz/found/$* harness/fuzz/corpus/$*

keep-%: $(B)/fuzz/%
	@$< -merge=1 -max_len=20000 -verbosity=0 harness/fuzz/corpus/$* $(B)/fuzz/found/$*

# The corpus by gcc's sanitizers: needs neither clang nor libFuzzer.
$(B)/replay/%: $(OBJ)/harness/fuzz/%.o $(OBJ)/harness/fuzz/replay/replay.o $(B)/libmp.a
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	@$(LINK) -o $@ $^ -lm

replay-%:
	@$(MAKE) --no-print-directory SAN=address,undefined run-replay-$*

run-replay-%: $(B)/replay/%
	@$< harness/fuzz/corpus/$*

# --- mutants ----------------------------------------------------------------------------------
# Known-wrong versions of the reference, each with the rows that must catch it.

.PHONY: mutants
mutants: $(B)/procsmith $(tests) ## are known-wrong versions caught? T=01-process or a patch
	@harness/tools/mutants $(T)
