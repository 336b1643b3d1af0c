# Every request of every resource refused, one a run (mm/low_resources.h): a few minutes.

INJECTED := $(BUILD)/inject/tokos.img

$(INJECTED): tools/make_volume.py tools/tokoslib/fatimage.py $(USER_FILES) \
             $(BUILD)/user/win32/sturdy.exe | tools-ready
	@mkdir -p $(@D)
	$(call say,FAT,$@)python3 tools/make_volume.py $@ $(USER_FILES) $(BUILD)/user/win32/sturdy.exe

.PHONY: inject
inject: $(BUILD)/tokos.elf $(INJECTED) ## run programs with each request for memory, handles, ... refused in turn
	tools/tokos boot --kernel $(BUILD)/tokos.elf --module $(INJECTED) --memory 32M \
	    --append "selftest=long.every_request.*" --timeout 1800 < /dev/null
