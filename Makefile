# TokOS. Two commands do everything on a fresh machine: `make run` boots it, `make check` tests it.
# `make help` lists the rest. The rules live in mk/, one subject a file.

# The kernel can be built in other ways than the ordinary one; each has a folder of its own, OUT.
# SANITIZE=undefined: it looks for undefined behaviour. COMPILER=clang. COVERAGE=1: it counts how
# often each line is reached.
SANITIZE ?=
COMPILER ?= gcc
COVERAGE ?=
VARIANT  := $(strip $(SANITIZE) $(filter-out gcc,$(COMPILER)) $(if $(COVERAGE),coverage))
BUILD    ?= build
OUT      := $(BUILD)$(if $(VARIANT),/$(subst $() $(),-,$(VARIANT)))
MAKEFLAGS += --no-builtin-rules

# A line a step; V=1 shows the whole command.
say = $(if $(V),,@printf '  %-7s %s\n' $(1) $(2);)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

# The launcher looks for programs and boot modules beside the kernel. They are the same for each.
BESIDE := $(if $(VARIANT),$(OUT)/user $(OUT)/modules)

.PHONY: all modules
all: $(OUT)/tokos.elf modules $(BESIDE) ## build the kernel, build/tokos.elf (the default)

include mk/tools.mk
include mk/kernel.mk
include mk/modules.mk
include mk/user.mk
include mk/iso.mk
include mk/host.mk
include mk/check.mk
include mk/inject.mk
include mk/bench.mk
include mk/docs.mk

.PHONY: clean
clean: ## delete everything that was built
	rm -rf build compile_commands.json

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z_.-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
