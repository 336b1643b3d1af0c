# What the book shows of the code is made from the code. The tests tell when it is out of date.

.PHONY: docs
docs: $(OUT)/tokos.elf ## write the address map of the running kernel into docs/
	@python3 tools/doc_layout.py --kernel $<
