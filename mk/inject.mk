# Requests for resources, refused one a run (mm/low_resources.h), and programs that take all there is
# of something: minutes. The kernel's tests do it, with the programs of two volumes.

WIN32_OUT := $(BUILD)/user/win32
INJECTED  := $(BUILD)/inject/tokos.img
SWEPT     := $(BUILD)/inject/programs.img

INJECTED_FILES := $(USER_FILES) $(patsubst %,$(WIN32_OUT)/%.exe,sturdy bomb)

# All test programs but these; docs/testing.md says of each why.
NOT_SWEPT := breakpoints clone debug_attach debug_exceptions debug_rules debug_threads debugger \
             faults_threads floating generated_code hostile_processes process set_context shared sync \
             threads whitebox_shared hostile_services hostile_stack leaks lab1_handlers \
             sturdy bomb
SWEPT_FILES := $(filter %.dll,$(USER_FILES)) $(TEST_DLLS) $(filter-out $(NOT_SWEPT:%=$(WIN32_OUT)/%.exe),$(WIN32_TESTS))

$(INJECTED): $(INJECTED_FILES)
$(SWEPT): $(SWEPT_FILES)
$(INJECTED) $(SWEPT): tools/make_volume.py tools/tokoslib/fatimage.py mk/inject.mk | tools-ready
	@mkdir -p $(@D)
	$(call say,FAT,$@)python3 tools/make_volume.py $@ $(filter %.exe %.dll,$^)

inject_boot = tools/tokos boot --kernel $(OUT)/tokos.elf --module $(1) --memory $(2) \
              --append "selftest=long.$(3).*" --timeout 1800 < /dev/null

.PHONY: inject
inject: $(OUT)/tokos.elf $(INJECTED) $(SWEPT) ## run programs that are refused each request in turn, and programs that take all
	$(call inject_boot,$(INJECTED),32M,every_request)
	$(call inject_boot,$(SWEPT),32M,each_program)
	$(call inject_boot,$(INJECTED),16M,bombs)
	$(call inject_boot,$(INJECTED),128M,bombs)
