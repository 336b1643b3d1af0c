# The boot module: a text to be paged in. It is the book itself, so that what the debugger shows of a
# view is worth reading.

MODULES := $(BUILD)/modules/book.txt

$(BUILD)/modules/book.txt: README.md $(sort $(wildcard docs/*.md))
	@mkdir -p $(@D)
	@cat $^ > $@

modules: $(MODULES)
