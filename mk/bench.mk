# The benchmarks: docs/bench.md says what they measure and how.

# Those of user mode are an ordinary program, and the images that it starts.
USER_BENCH_SRC := $(sort $(wildcard tests/bench/user/*.c))
USER_BENCH     := $(BUILD)/user/bench/bench.exe \
                  $(patsubst tests/bench/user/image/%.c,$(BUILD)/user/bench/%.exe,$(sort $(wildcard tests/bench/user/image/*.c)))

.PHONY: bench user-bench
bench: $(BUILD)/tokos.elf modules user user-bench ## measure what things cost, beside their floors, targets and peers
	@python3 tools/bench.py --kernel $<

user-bench: user $(USER_BENCH) ## build the benchmarks of user mode

$(BUILD)/user/bench/bench.exe: $(USER_BENCH_SRC) $(wildcard tests/bench/user/*.h) user/tokos/tokos.h | tools-ready
	@mkdir -p $(@D)
	$(call say,CC,$@)$(USER_CC) -O2 -march=i486 -Wall -Wextra -Werror -Wno-format -I. -s -Wl,--stack,0x100000 \
	    $(USER_BENCH_SRC) -lntdll -o $@

$(BUILD)/user/bench/%.exe: tests/bench/user/image/%.c | tools-ready
	@mkdir -p $(@D)
	$(call say,CC,$@)$(USER_CC) -O2 -Wall -Wextra -Werror -nostdlib -s -Wl,--entry=_start $< -lkernel32 -lntdll -o $@
