# The benchmarks: docs/bench.md says what they measure and how.

# Those of user mode are an ordinary program, and the images that it starts.
USER_BENCH_SRC := $(sort $(wildcard tests/bench/user/*.c))
USER_BENCH     := $(BUILD)/user/bench/bench.exe \
                  $(patsubst tests/bench/user/image/%.c,$(BUILD)/user/bench/%.exe,$(sort $(wildcard tests/bench/user/image/*.c)))

.PHONY: bench user-bench
bench: $(OUT)/tokos.elf modules user user-bench ## measure what things cost, beside their floors, targets and peers
	@python3 tools/bench.py --kernel $<

user-bench: user $(USER_BENCH) ## build the benchmarks of user mode

$(BUILD)/user/bench/bench.exe: $(USER_BENCH_SRC) $(wildcard tests/bench/user/*.h) user/tokos/tokos.h | tools-ready
	@mkdir -p $(@D)
	$(call say,CC,$@)$(USER_CC) -O2 -march=i486 -Wall -Wextra -Werror -Wno-format -I. -s -Wl,--stack,0x100000 \
	    $(USER_BENCH_SRC) -lntdll -o $@

$(BUILD)/user/bench/%.exe: tests/bench/user/image/%.c | tools-ready
	@mkdir -p $(@D)
	$(call say,CC,$@)$(USER_CC) -O2 -Wall -Wextra -Werror -nostdlib -s -Wl,--entry=_start $< -lkernel32 -lntdll -o $@

# The same for Debian's i386 kernels, which are fetched once.
LINUX       := $(BUILD)/linux
LINUX_ROOT  := $(LINUX)/root/usr/i686-linux-gnu
LINUX_CC    := $(CROSS)gcc -std=gnu11 -O2 -Wall -Wextra -Werror -static -I.
LINUX_BENCH := $(sort $(wildcard tests/bench/linux/*.c)) tests/bench/user/measure.c

.PHONY: bench-linux
bench-linux: $(OUT)/tokos.elf user user-bench $(LINUX)/init $(LINUX)/minimal ## the same in user mode of Debian's i386 kernels, side by side
	@python3 tools/bench_linux.py --kernel $<

$(LINUX)/fetched: tests/bench/linux/fetch.sh
	$(call say,APT,$(LINUX))sh $< $(LINUX) && touch $@

$(LINUX)/init: $(LINUX_BENCH) tests/bench/user/bench.h $(LINUX)/fetched
	$(call say,CC,$@)$(LINUX_CC) -isystem $(LINUX_ROOT)/include -B $(LINUX_ROOT)/lib -L $(LINUX_ROOT)/lib $(LINUX_BENCH) -o $@

$(LINUX)/minimal: tests/bench/linux/image/minimal.c $(LINUX)/fetched
	$(call say,CC,$@)$(LINUX_CC) -nostdlib -fno-pic -no-pie -fno-asynchronous-unwind-tables $< -o $@
