# Running and debugging, and the tools that must be there first. tools/packages.txt is the list of
# tools in groups; `tools-ready` installs the groups that this call of make needs, or says how to.

TOOLS_gdb        := debug
TOOLS_gdb-replay := debug
TOOLS_check      := test debug lint
TOOLS_coverage   := test debug
TOOLS_host-test  := test
TOOLS_host-fuzz  := test
TOOLS_lint       := lint
TOOLS_mutants    := test
TOOLS_format     := lint
TOOLS_run        := $(if $(DISPLAY)$(WAYLAND_DISPLAY),window)
TOOL_GROUPS      := $(sort build run $(if $(filter clang,$(COMPILER)),test) $(foreach goal,$(MAKECMDGOALS),$(TOOLS_$(goal))))

# To be named after a bar, `target: sources | tools-ready`: it must come first, but is never newer.
.PHONY: tools-ready
tools-ready:
	@tools/bootstrap.sh $(TOOL_GROUPS)

# One word for the shell.
quoted = '$(subst ','\'',$(1))'

WINDOW := $(if $(DISPLAY)$(WAYLAND_DISPLAY),--display)

.PHONY: run
run: $(OUT)/tokos.iso ## boot TokOS in QEMU: in a window where there is a display, else right here
	@tools/tokos boot --iso $< $(WINDOW)

.PHONY: gdb
gdb: $(OUT)/tokos.elf modules $(if $(PROG),user) ## boot under gdb and stop in the page-fault handler; PROG=x.exe: in that program
	@tools/tokos gdb --kernel $< $(if $(PROG),--program $(call quoted,$(PROG)) --arguments=$(call quoted,$(ARGS)))

.PHONY: gdb-replay
gdb-replay: $(OUT)/tokos.elf modules ## record a run, then step through it in both directions under gdb
	@tools/tokos gdb-replay --kernel $<

.PHONY: doctor
doctor: ## name each tool and its version, what is missing, and the command that installs it
	@command -v python3 >/dev/null || tools/bootstrap.sh build
	@tools/tokos doctor
