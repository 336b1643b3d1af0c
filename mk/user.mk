# User mode: what runs in processes of TokOS, as ordinary Win32 code made by Debian's mingw-w64.
# ntdll.dll has the system calls, the loader and the run-time library below Win32; kernel32.dll is
# Win32 on top of it. Both link libgcc for 64-bit division, and parts of lib/ and mm/ that are pure.
# msvcrt.dll is the C library that such programs import; of other code it links mingw's libmingwex
# (numbers to and from text, mathematics) and libgcc, and it imports kernel32 only. tokos.dll is the
# window on the memory manager.

USER_CC     := i686-w64-mingw32-gcc
USER_STRIP  := i686-w64-mingw32-strip
USER_CFLAGS := -std=gnu11 -O2 -g -march=i486 -mtune=generic -ffreestanding -fno-stack-protector \
               -fno-asynchronous-unwind-tables -fno-common -fno-strict-aliasing \
               -Wall -Wextra -Werror -Wstrict-prototypes -Wshadow -Wvla -Wundef -Wpointer-arith
USER_LDFLAGS := -shared -nostdlib -Wl,--kill-at -Wl,--enable-stdcall-fixup -Wl,--dynamicbase \
                -Wl,--enable-reloc-section -Wl,--no-insert-timestamp -Wl,--no-undefined

# mingw's headers declare the functions; with these words, as ours. Loops must not become calls of
# memcpy and memset: they are in the functions of these names.
NTDLL_CFLAGS    := $(USER_CFLAGS) -D_NTSYSTEM_ -D_CRTIMP= -D_WIN32_WINNT=0x0600 -I. -fno-tree-loop-distribute-patterns
KERNEL32_CFLAGS := $(USER_CFLAGS) -D_KERNEL32_ -D_WIN32_WINNT=0x0600 -I. -fno-tree-loop-distribute-patterns

NTDLL_SRC    := $(sort $(wildcard user/ntdll/*.c user/ntdll/*.S)) lib/string.c lib/unicode.c lib/format.c \
                lib/format_spec.c
NTDLL_OBJ    := $(patsubst %,$(BUILD)/user.d/ntdll/%.o,$(NTDLL_SRC)) $(BUILD)/user.d/ntdll/stubs.o
KERNEL32_SRC := $(sort $(wildcard user/kernel32/*.c user/kernel32/*.S)) user/ntdll/utf8.c user/ntdll/code_page.c \
                lib/format.c lib/format_spec.c lib/string.c
KERNEL32_OBJ := $(patsubst %,$(BUILD)/user.d/kernel32/%.o,$(KERNEL32_SRC))

USER_PROGRAMS := $(patsubst user/programs/%.c,$(BUILD)/user/%.exe,$(sort $(wildcard user/programs/*.c)))

.PHONY: user
user: $(BUILD)/user/ntdll.dll $(BUILD)/user/kernel32.dll $(BUILD)/user/msvcrt.dll $(BUILD)/user/tokos.dll $(USER_PROGRAMS) ## build the DLLs that programs of user mode need, and our own programs

$(BUILD)/user.d/ntdll/%.o: % mk/user.mk | tools-ready
	@mkdir -p $(@D)
	$(call say,CC,$@)$(USER_CC) $(NTDLL_CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/user.d/kernel32/%.o: % mk/user.mk | tools-ready
	@mkdir -p $(@D)
	$(call say,CC,$@)$(USER_CC) $(KERNEL32_CFLAGS) -MMD -MP -c $< -o $@

# A stub a system service, and their names.
SERVICES := kernel/nt/services.h

$(BUILD)/user.d/ntdll/stubs.S: tools/service_stubs.py $(SERVICES)
	@mkdir -p $(@D)
	$(call say,PY,$@)python3 tools/service_stubs.py stubs $(SERVICES) > $@

$(BUILD)/user.d/ntdll/stubs.o: $(BUILD)/user.d/ntdll/stubs.S
	$(call say,CC,$@)$(USER_CC) -c $< -o $@

$(BUILD)/user.d/ntdll.def: user/ntdll/ntdll.def tools/service_stubs.py $(SERVICES)
	@mkdir -p $(@D)
	@(cat $< && python3 tools/service_stubs.py exports $(SERVICES)) > $@

# Linked with all symbols, for GDB (docs/gdb.md). What programs load is without, and bound to the DLLs
# that it imports.
$(BUILD)/user/%.dll: $(BUILD)/user/%.dll.debug tools/bind_dll.py
	$(call say,STRIP,$@)$(USER_STRIP) -o $(BUILD)/user.d/$*.unbound $<
	$(call say,BIND,$@)tools/bind_dll.py $(BUILD)/user.d/$*.unbound $@ $(filter %.dll,$^)

$(BUILD)/user/kernel32.dll: $(BUILD)/user/ntdll.dll
$(BUILD)/user/msvcrt.dll: $(BUILD)/user/kernel32.dll
$(BUILD)/user/tokos.dll: $(BUILD)/user/ntdll.dll $(BUILD)/user/kernel32.dll

# It has no entry point: the kernel starts every thread in it.
$(BUILD)/user/ntdll.dll.debug: $(NTDLL_OBJ) $(BUILD)/user.d/ntdll.def
	@mkdir -p $(@D)
	$(call say,LD,$@)$(USER_CC) $(USER_LDFLAGS) -Wl,--entry=0 -Wl,--image-base=0x7C900000 $^ -lgcc -o $@

$(BUILD)/user/kernel32.dll.debug: $(KERNEL32_OBJ) user/kernel32/kernel32.def
	@mkdir -p $(@D)
	$(call say,LD,$@)$(USER_CC) $(USER_LDFLAGS) -Wl,--entry=_BaseDllInitialize@12 \
	    -Wl,--image-base=0x7C800000 $^ -lntdll -lgcc -o $@

-include $(NTDLL_OBJ:.o=.d) $(KERNEL32_OBJ:.o=.d)

# mingw's headers declare the functions; without these they would be imports, inline, or others' names.
# Loops must not become calls of memcpy and memset: they are in the functions of these names.
MSVCRT_CFLAGS := $(USER_CFLAGS) -D_CRTBLD -D_MSVCRT_ -D_CRTIMP= -D__CRT__NO_INLINE -D_WIN32_WINNT=0x0502 \
                 -D__USE_MINGW_ANSI_STDIO=0 -fno-tree-loop-distribute-patterns -Iuser/msvcrt
MSVCRT_LDFLAGS := -shared -nostdlib -Wl,--entry=_DllMain@12 -Wl,--image-base=0x78000000 -Wl,--kill-at \
                  -Wl,--dynamicbase -Wl,--enable-reloc-section -Wl,--no-insert-timestamp -Wl,--no-undefined

MSVCRT_SRC := $(sort $(wildcard user/msvcrt/*.c))
MSVCRT_OBJ := $(patsubst %,$(BUILD)/user.d/%.o,$(MSVCRT_SRC))

$(BUILD)/user.d/user/msvcrt/%.c.o: user/msvcrt/%.c mk/user.mk | tools-ready
	@mkdir -p $(@D)
	$(call say,CC,$@)$(USER_CC) $(MSVCRT_CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/user/msvcrt.dll.debug: $(MSVCRT_OBJ) user/msvcrt/msvcrt.def
	@mkdir -p $(@D)
	$(call say,LD,$@)$(USER_CC) $(MSVCRT_LDFLAGS) $^ -lmingwex -lgcc -lkernel32 -o $@

# tokos.dll shows what the memory manager knows, and launches faulting processes; programs link
# libtokos.a. It imports only what Windows has too.
# The library has a folder of its own: with -L for that of the DLLs, ld would take those for libraries.
TOKOS_CFLAGS := $(USER_CFLAGS) -D_WIN32_WINNT=0x0600 -I. -fno-tree-loop-distribute-patterns
TOKOS_SRC    := $(sort $(wildcard user/tokos/*.c)) lib/format.c lib/format_spec.c lib/string.c
TOKOS_OBJ    := $(patsubst %,$(BUILD)/user.d/tokos/%.o,$(TOKOS_SRC))

$(BUILD)/user.d/tokos/%.o: % mk/user.mk | tools-ready
	@mkdir -p $(@D)
	$(call say,CC,$@)$(USER_CC) $(TOKOS_CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/user/tokos.dll.debug: $(TOKOS_OBJ) user/tokos/tokos.def
	@mkdir -p $(@D)/lib
	$(call say,LD,$@)$(USER_CC) $(USER_LDFLAGS) -Wl,--entry=_DllMain@12 -Wl,--image-base=0x7C700000 \
	    -Wl,--out-implib=$(BUILD)/user/lib/libtokos.a $^ -lgcc -lkernel32 -lntdll -o $@

$(BUILD)/user/lib/libtokos.a: $(BUILD)/user/tokos.dll.debug ;

-include $(TOKOS_OBJ:.o=.d)

# TokOS's own programs are ordinary ones, with mingw's C run-time library, built as anyone would. One
# of several files has those but the first in a folder of its name.
$(BUILD)/user/vmmap.exe: $(sort $(wildcard user/programs/vmmap/*.c)) user/programs/vmmap/vmmap.h \
                         $(wildcard user/nt/*.h)
$(BUILD)/user/codegen.exe: $(sort $(wildcard user/programs/codegen/*.c)) user/programs/codegen/codegen.h
$(BUILD)/user/jit.exe: $(sort $(wildcard user/programs/jit/*.c)) user/programs/jit/jit.h

# It looks at the third gigabyte too.
USER_PROGRAM_peek = -Wl,--large-address-aware

$(BUILD)/user/tokyo_vm.exe: $(wildcard user/programs/tokyo_vm/*)
# Students debug this one.
$(BUILD)/user/lab1.exe: $(wildcard user/programs/lab1/*)
PROGRAM_SYMBOLS_lab1 = -g

$(BUILD)/user/%.exe: user/programs/%.c $(wildcard user/tokos/*.h) $(BUILD)/user/lib/libtokos.a mk/user.mk | tools-ready
	@mkdir -p $(@D)
	$(call say,CC,$@)$(USER_CC) -std=gnu11 -O2 $(or $(PROGRAM_SYMBOLS_$*),-s) -I. -Wall -Wextra -Werror $(filter %.c %.S,$^) \
	    -L$(BUILD)/user/lib -ltokos -lntdll $(USER_PROGRAM_$*) -o $@

# The libraries' tests are ordinary programs, built as anyone would; see tests/user/crt/check.h. Those of
# tests/user/dll are DLLs that the loader's tests load.
CRT_TESTS   := $(patsubst tests/user/crt/%.c,$(BUILD)/user/crt/%.exe,$(sort $(wildcard tests/user/crt/*.c)))
WIN32_TESTS := $(patsubst tests/user/%.c,$(BUILD)/user/win32/%.exe,$(sort $(wildcard tests/user/*.c)))
TEST_DLLS   := $(patsubst tests/user/dll/%.c,$(BUILD)/user/win32/%.dll,$(sort $(wildcard tests/user/dll/*.c)))

$(BUILD)/user/win32/loader_dll.dll: $(BUILD)/user/win32/loader_dependency.dll
USER_TEST_loader_dll = $(BUILD)/user/win32/loader_dependency.dll
# These have a list of exports, and what links against them uses a library made of it.
ORDER_FIRST  := $(BUILD)/user/win32/order_first
ORDER_SECOND := $(BUILD)/user/win32/order_second
USER_TEST_order_first  = tests/user/dll/order_first.def -Wl,--out-implib,$(ORDER_FIRST).a
USER_TEST_order_second = tests/user/dll/order_second.def -Wl,--out-implib,$(ORDER_SECOND).a $(ORDER_FIRST).a
USER_TEST_order        = $(ORDER_SECOND).a $(ORDER_FIRST).a
$(ORDER_FIRST).dll: tests/user/dll/order_first.def
$(ORDER_SECOND).dll: tests/user/dll/order_second.def $(ORDER_FIRST).dll
$(BUILD)/user/win32/order.exe: $(ORDER_SECOND).dll

USER_TEST_faults_large_address = -Wl,--large-address-aware
USER_TEST_leaks       = -I.
USER_TEST_stack_sizes = -Xlinker --stack=0x340000,0x7000

# Files that are no images; see tests/user/status_images.c.
SPOILT_IMAGES := $(BUILD)/user/win32/spoilt_images.stamp

$(SPOILT_IMAGES): tests/user/spoilt_images.py $(BUILD)/user/win32/hello.exe
	$(call say,PY,$@)python3 $^ $(@D) && touch $@

# The folder of files that the C library's tests read.
CRT_DATA := $(BUILD)/user/crt/data.stamp

$(CRT_DATA): tests/user/crt/data.py
	@mkdir -p $(@D)
	$(call say,PY,$@)python3 $< $(@D)/data && touch $@

.PHONY: user-tests
user-tests: user $(CRT_TESTS) $(CRT_DATA) $(WIN32_TESTS) $(TEST_DLLS) $(SPOILT_IMAGES) ## build the test programs of the DLLs

# Those that look at memory do without mingw's start-up code and printf, so that they run on a 486.
USER_TEST_whitebox = -march=i486 -nostartfiles -D__USE_MINGW_ANSI_STDIO=0 -I. -L$(BUILD)/user/lib -ltokos
USER_TEST_whitebox_shared = $(USER_TEST_whitebox)

$(BUILD)/user/win32/whitebox.exe $(BUILD)/user/win32/whitebox_shared.exe: \
    tests/user/whitebox.h user/tokos/tokos.h $(BUILD)/user/lib/libtokos.a

# The laboratory's tests: other handlers for the same launcher.
USER_TEST_lab1_solution = user/programs/lab1/main.c -I. -L$(BUILD)/user/lib -ltokos
USER_TEST_lab1_handlers = tests/user/lab1_solution.c -I. -L$(BUILD)/user/lib -ltokos

$(BUILD)/user/win32/lab1_handlers.exe: tests/user/lab1_solution.c
$(BUILD)/user/win32/lab1_solution.exe $(BUILD)/user/win32/lab1_handlers.exe: \
    $(wildcard user/programs/lab1/* user/tokos/*.h) $(BUILD)/user/lib/libtokos.a

$(BUILD)/user/win32/%.exe: tests/user/%.c $(wildcard tests/user/*.h) tests/user/crt/check.h mk/user.mk | tools-ready
	@mkdir -p $(@D)
	$(call say,CC,$@)$(USER_CC) -g -Wall -Wextra -Werror -Wno-format $< $(USER_TEST_$*) -lntdll -o $@

$(BUILD)/user/win32/%.dll: tests/user/dll/%.c mk/user.mk | tools-ready
	@mkdir -p $(@D)
	$(call say,CC,$@)$(USER_CC) -g -Wall -Wextra -Werror -Wno-format -shared -Wl,--dynamicbase $< $(USER_TEST_$*) -o $@

$(BUILD)/user/crt/%.exe: tests/user/crt/%.c $(wildcard tests/user/crt/*.h) mk/user.mk | tools-ready
	@mkdir -p $(@D)
	$(call say,CC,$@)$(USER_CC) $< -o $@

# The system-call fuzzer has ntdll only.
FUZZ_SRC := $(sort $(wildcard tests/user/fuzz/*.c tests/user/fuzz/*.S))

$(BUILD)/user/fuzz/fuzz.exe: $(FUZZ_SRC) tests/user/fuzz/fuzz.h $(SERVICES) $(wildcard user/nt/*.h) $(BUILD)/user/ntdll.dll mk/user.mk | tools-ready
	@mkdir -p $(@D)
	$(call say,CC,$@)$(USER_CC) -std=gnu11 -O2 -march=i486 -s -I. -Wall -Wextra -Werror -nostdlib -Wl,--entry=_start,--enable-stdcall-fixup \
	    $(FUZZ_SRC) $(BUILD)/user/ntdll.dll -o $@

# Its volume: as the kernel's tests have it, and small.
FUZZ_VOLUME := $(BUILD)/user/fuzz/tokos.img

$(FUZZ_VOLUME): $(BUILD)/user/fuzz/fuzz.exe $(BUILD)/user/ntdll.dll tools/make_volume.py tools/tokoslib/fatimage.py
	$(call say,FAT,$@)python3 tools/make_volume.py $@ $(filter %.exe %.dll,$^)

-include $(MSVCRT_OBJ:.o=.d)
