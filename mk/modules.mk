# The boot modules. book.txt is a text to be paged in: the book itself, so that what the debugger
# shows of a view is worth reading. tokos.img is TokOS's own volume, C: - a FAT image with the
# programs and DLLs of USER_FILES, and a few files for the tests.

USER_FILES ?= $(patsubst %,$(BUILD)/user/%.dll,kernel32 msvcrt ntdll tokos) \
              $(patsubst user/programs/%.c,$(BUILD)/user/%.exe,$(sort $(wildcard user/programs/*.c)))
MODULES    := $(BUILD)/modules/book.txt $(BUILD)/modules/tokos.img

$(BUILD)/modules/book.txt: README.md $(sort $(wildcard docs/*.md))
	@mkdir -p $(@D)
	@cat $^ > $@

$(BUILD)/modules/tokos.img: tools/make_volume.py tools/tokoslib/fatimage.py $(USER_FILES) | tools-ready
	@mkdir -p $(@D)
	$(call say,FAT,$@)python3 tools/make_volume.py $@ $(USER_FILES)

modules: $(MODULES)

$(BESIDE):
	@mkdir -p $(@D)
	@ln -s ../$(@F) $@
