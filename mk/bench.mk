# The benchmarks: docs/bench.md says what they measure and how.

.PHONY: bench
bench: $(BUILD)/tokos.elf modules ## measure what faults, large pages and the boot cost, beside their floors
	@python3 tools/bench.py --kernel $<
