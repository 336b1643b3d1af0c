# The tests, and what keeps the source in order.

PYTEST := /usr/bin/python3 -m pytest
JOBS   := 2

# The kernel with UBSan is built beside the ordinary one and booted by one of the system tests.
CHECKED := $(BUILD)/tokos.elf $(BUILD)/tokos.iso $(BUILD)/selftest.iso $(HOST_TESTS:%=$(HOST_BUILD)/%) \
           $(HOST_FUZZ:%=$(HOST_BUILD)/%)

.PHONY: check
check: | tools-ready ## run every test
	@$(MAKE) --no-print-directory -j$(JOBS) $(CHECKED) user user-tests user-bench
	$(if $(SANITIZE),,@$(MAKE) --no-print-directory -j$(JOBS) SANITIZE=undefined all)
	@$(MAKE) --no-print-directory lint
	BUILD=$(BUILD) PYTHONDONTWRITEBYTECODE=1 $(PYTEST) tests/system -q -n $(JOBS) --dist loadgroup

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
