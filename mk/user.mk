# User mode: what runs in processes of TokOS, as ordinary Win32 code made by Debian's mingw-w64.
# msvcrt.dll is the C library that such programs import; of other code it links mingw's libmingwex
# (numbers to and from text, mathematics) and libgcc, and it imports kernel32 only.

USER_CC     := i686-w64-mingw32-gcc
USER_CFLAGS := -std=gnu11 -O2 -march=i486 -mtune=generic -ffreestanding -fno-stack-protector \
               -fno-asynchronous-unwind-tables -fno-common -fno-strict-aliasing \
               -Wall -Wextra -Werror -Wstrict-prototypes -Wshadow -Wvla -Wundef -Wpointer-arith

# mingw's headers declare the functions; without these they would be imports, inline, or others' names.
# Loops must not become calls of memcpy and memset: they are in the functions of these names.
MSVCRT_CFLAGS := $(USER_CFLAGS) -D_CRTBLD -D_MSVCRT_ -D_CRTIMP= -D__CRT__NO_INLINE -D_WIN32_WINNT=0x0502 \
                 -D__USE_MINGW_ANSI_STDIO=0 -fno-tree-loop-distribute-patterns -Iuser/msvcrt
MSVCRT_LDFLAGS := -shared -nostdlib -s -Wl,--entry=_DllMain@12 -Wl,--image-base=0x78000000 -Wl,--kill-at \
                  -Wl,--dynamicbase -Wl,--enable-reloc-section -Wl,--no-insert-timestamp -Wl,--no-undefined

MSVCRT_SRC := $(sort $(wildcard user/msvcrt/*.c))
MSVCRT_OBJ := $(patsubst %,$(BUILD)/user.d/%.o,$(MSVCRT_SRC))

.PHONY: user
user: $(BUILD)/user/msvcrt.dll ## build what runs in user mode: the DLLs

$(BUILD)/user.d/user/msvcrt/%.c.o: user/msvcrt/%.c mk/user.mk | tools-ready
	@mkdir -p $(@D)
	$(call say,CC,$@)$(USER_CC) $(MSVCRT_CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/user/msvcrt.dll: $(MSVCRT_OBJ) user/msvcrt/msvcrt.def
	@mkdir -p $(@D)
	$(call say,LD,$@)$(USER_CC) $(MSVCRT_LDFLAGS) $^ -lmingwex -lgcc -lkernel32 -o $@

# The library's tests are ordinary programs, built as anyone would; see tests/user/crt/check.h.
CRT_TESTS := $(patsubst tests/user/crt/%.c,$(BUILD)/user/crt/%.exe,$(sort $(wildcard tests/user/crt/*.c)))

.PHONY: user-tests
user-tests: user $(CRT_TESTS) ## build the test programs of the DLLs

$(BUILD)/user/crt/%.exe: tests/user/crt/%.c tests/user/crt/check.h | tools-ready
	@mkdir -p $(@D)
	$(call say,CC,$@)$(USER_CC) $< -o $@

-include $(MSVCRT_OBJ:.o=.d)
