# TokOS. Two commands do everything on a fresh machine: `make run` boots it, `make check` tests it.
# `make help` lists the rest. The rules live in mk/, one subject a file.

SANITIZE ?=
BUILD    ?= build$(if $(SANITIZE),/$(SANITIZE))
MAKEFLAGS += --no-builtin-rules

# A line a step; V=1 shows the whole command.
say = $(if $(V),,@printf '  %-7s %s\n' $(1) $(2);)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

.PHONY: all modules
all: $(BUILD)/tokos.elf modules ## build the kernel, build/tokos.elf (the default)

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
