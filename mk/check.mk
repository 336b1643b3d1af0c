# The tests, and what keeps the source in order.

PYTEST := /usr/bin/python3 -m pytest
JOBS   := 2

# The kernels with UBSan and by clang are built beside the ordinary one; tests/system/test_variants.py
# boots them.
CHECKED := $(BESIDE) $(OUT)/tokos.elf $(OUT)/tokos.iso $(OUT)/selftest.iso $(HOST_TESTS:%=$(HOST_BUILD)/%) \
           $(HOST_FUZZ:%=$(HOST_BUILD)/%)

.PHONY: check
check: | tools-ready ## run every test
	@$(MAKE) --no-print-directory -j$(JOBS) $(CHECKED) user user-tests user-bench $(FUZZ_VOLUME)
	@$(MAKE) --no-print-directory -j$(JOBS) SANITIZE=undefined COMPILER=gcc COVERAGE= all
	@$(MAKE) --no-print-directory -j$(JOBS) SANITIZE= COMPILER=clang COVERAGE= all
	@$(MAKE) --no-print-directory lint
	BUILD=$(OUT) PYTHONDONTWRITEBYTECODE=1 $(PYTEST) tests/system -q -n $(JOBS) --dist loadgroup

# Which of the kernel's lines the system tests reach. Those that are left out look at what is not this
# kernel: host tests, the tools, other kernels, tables, and what things cost.
COVER_OUT   := $(BUILD)/coverage
COVER_TOOL  := tools/coverage/coverage.py
COVER_WORDS := --kernel $(COVER_OUT)/tokos.elf --counts $(COVER_OUT)/counts
COVER_SKIP  := $(patsubst %,--ignore tests/system/test_%.py,host launcher ktap coverage variants bench \
               bench_user bochs docs mutants)
COVER_FLOOR := --floor mm/=85 --floor all=75

.PHONY: coverage coverage-report coverage-docs
coverage: | tools-ready ## run the system tests on a kernel that counts, and say which of its lines they reach
	@$(MAKE) --no-print-directory -j$(JOBS) COVERAGE=1 all iso user-tests $(FUZZ_VOLUME)
	@BUILD=$(COVER_OUT) PATIENCE=5 PYTHONDONTWRITEBYTECODE=1 $(COVER_TOOL) run $(COVER_WORDS) \
	    $(PYTEST) tests/system -q -n $(JOBS) --dist loadgroup $(COVER_SKIP); tests=$$?; \
	$(MAKE) --no-print-directory coverage-report && exit $$tests

coverage-report: ## the same from the counts that are there
	@$(COVER_TOOL) report $(COVER_WORDS) --lines $(COVER_OUT)/lines $(COVER_FLOOR)

coverage-docs: ## write the figures of the last run into docs/testing.md
	@$(COVER_TOOL) report $(COVER_WORDS) --page docs/testing.md

# The system-call fuzzer (docs/reference.md). Without a seed: boots with seeds of their own, for
# FUZZ_MINUTES or until it is stopped.
fuzz-option  = $(if $(2),--$(1) $(call quoted,$(2)))
FUZZ_OPTIONS = $(call fuzz-option,seed,$(FUZZ_SEED)) $(call fuzz-option,minutes,$(FUZZ_MINUTES)) \
               $(call fuzz-option,batches,$(FUZZ_BATCHES)) $(call fuzz-option,calls,$(FUZZ_CALLS)) \
               $(call fuzz-option,memory,$(FUZZ_MEMORY)) $(call fuzz-option,cpu,$(FUZZ_CPU)) \
               $(call fuzz-option,words,$(FUZZ_WORDS)) $(call fuzz-option,log,$(FUZZ_LOG))

.PHONY: fuzz
fuzz: $(OUT)/tokos.elf $(FUZZ_VOLUME) ## fuzz the system services; FUZZ_MINUTES=10, or FUZZ_SEED=1 to have the same again
	@python3 tools/fuzz.py --kernel $< --volume $(FUZZ_VOLUME) $(FUZZ_OPTIONS)

# Seeded bugs, one after the other in copies of the source; MUTANTS="NAME ..." for some of them.
.PHONY: mutants
mutants: $(BUILD)/tokos.elf modules user user-tests | tools-ready ## put seeded bugs into the kernel, and see which test notices each
	@/usr/bin/python3 tools/mutants.py $(MUTANTS)

C_FILES := $(wildcard boot/*.[ch] arch/i386/*.[ch] lib/*.[ch] mm/*.[ch] kernel/*.[ch] \
           kernel/*/*.[ch] user/*/*.[ch] user/*/*/*.[ch] tests/*/*.[ch] tests/*/*/*.[ch])

.PHONY: format
format: | tools-ready ## lay the C source out as .clang-format says
	clang-format -i $(C_FILES)

# One entry a file, for clangd and clang-tidy.
.PHONY: compile_commands.json
compile_commands.json: ## the compiler's command for each file, for clangd
	@python3 tools/compile_commands.py '$(CC) $(KCFLAGS)' $(filter %.c,$(KERNEL_SRC) $(BOOT_SRC)) > $@

.PHONY: lint
lint: compile_commands.json | tools-ready ## check layout, and look for mistakes
	@echo '  layout'
	@clang-format --dry-run -Werror $(C_FILES)
	@echo '  clang-tidy'
	@echo $(filter %.c,$(KERNEL_SRC)) | xargs -P $(JOBS) -n 16 clang-tidy --quiet > $(BUILD)/lint.log 2>&1 || \
	    { cat $(BUILD)/lint.log; exit 1; }
	@echo '  cppcheck'
	@cppcheck --quiet -j $(JOBS) --error-exitcode=1 --std=c11 --platform=unix32 --inline-suppr -I. \
	    --suppressions-list=mk/cppcheck.suppressions $(filter %.c,$(KERNEL_SRC) $(BOOT_SRC))
