# Every request of every resource refused, one a run (mm/low_resources.h), and programs that take all
# there is of something: some minutes. The kernel's tests do both, with programs from this volume.

INJECTED_FILES := $(USER_FILES) $(patsubst %,$(BUILD)/user/win32/%.exe,sturdy bomb)
INJECTED       := $(BUILD)/inject/tokos.img

$(INJECTED): tools/make_volume.py tools/tokoslib/fatimage.py $(INJECTED_FILES) | tools-ready
	@mkdir -p $(@D)
	$(call say,FAT,$@)python3 tools/make_volume.py $@ $(INJECTED_FILES)

inject_boot = tools/tokos boot --kernel $(OUT)/tokos.elf --module $(INJECTED) --memory $(1) \
              --append "selftest=long.$(2).*" --timeout 1800 < /dev/null

.PHONY: inject
inject: $(OUT)/tokos.elf $(INJECTED) ## run programs that are refused each request in turn, and programs that take all
	$(call inject_boot,32M,every_request)
	$(call inject_boot,16M,bombs)
	$(call inject_boot,128M,bombs)
