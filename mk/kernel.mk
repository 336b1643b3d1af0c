# The kernel: boot/ is linked first into one relocatable object with its own copy of the few library
# functions it needs (it runs before paging, at physical addresses), then everything is linked three
# times, because the kernel carries its own symbol table: once without one, once with a table of the
# right size, and once with the right addresses. tools/ksyms.py fails the build if they moved again.

CROSS   ?= i686-linux-gnu-
CC      := $(if $(filter clang,$(COMPILER)),clang --target=i686-linux-gnu,$(CROSS)$(COMPILER))
LD      := $(CROSS)ld
NM      := $(CROSS)nm
OBJCOPY := $(CROSS)objcopy

WARNINGS := -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes -Wshadow -Wvla -Wundef \
            -Wpointer-arith -Wwrite-strings -Wno-multichar
KCFLAGS  := -std=gnu11 -m32 -march=i486 -mtune=generic -O2 -g -ffreestanding -fno-pic -fno-pie \
            -fno-stack-protector -fno-omit-frame-pointer -fno-optimize-sibling-calls \
            -fno-asynchronous-unwind-tables -fno-strict-aliasing -fcf-protection=none -mgeneral-regs-only \
            -fno-common $(WARNINGS) -I.
# The kernel keeps nothing on its stack that needs more. Each compiler has its own word for it.
STACK    := $(if $(filter clang,$(COMPILER)),-mstack-alignment=4,-mpreferred-stack-boundary=2)
UBSAN    := $(if $(filter undefined,$(SANITIZE)),-fsanitize=undefined -DUBSAN=1)
# What counts for coverage is not the tests. Unoptimized, or lines such as `return STATUS_NO_MEMORY;`
# would become one with others and not be counted. The counters have sections of their own (linker.ld), as
# the rest of what only start-up needs is given back. Nothing in the kernel reads them: docs/testing.md.
COVER      := $(if $(COVERAGE),-O0 -fprofile-arcs -ftest-coverage -fprofile-info-section -fdata-sections)
COVER_LINK := $(if $(COVERAGE),--defsym=__gcov_merge_add=0)

BOOT_SRC   := $(sort $(wildcard boot/*.c boot/*.S)) lib/string.c
KERNEL_SRC := $(sort $(wildcard arch/i386/*.c arch/i386/*.S lib/*.c mm/*.c kernel/*.c kernel/*/*.c \
              tests/kernel/*.c tests/kernel/*.S tests/bench/*.c tests/bench/*.S)) boot/memory_map.c

BOOT_OBJ   := $(patsubst %,$(OUT)/boot.d/%.o,$(BOOT_SRC))
KERNEL_OBJ := $(patsubst %,$(OUT)/kernel.d/%.o,$(KERNEL_SRC))

$(OUT)/boot.d/%.c.o: %.c mk/kernel.mk | tools-ready
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(KCFLAGS) $(STACK) $(COVER) -MMD -MP -c $< -o $@

$(OUT)/kernel.d/%.c.o: %.c mk/kernel.mk | tools-ready
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(KCFLAGS) $(STACK) $(UBSAN) $(COVER) -MMD -MP -c $< -o $@

$(OUT)/kernel.d/kernel/ke/ubsan.c.o: UBSAN += -fno-sanitize=undefined
$(OUT)/kernel.d/tests/%.c.o: COVER :=

$(OUT)/boot.d/%.S.o $(OUT)/kernel.d/%.S.o: %.S mk/kernel.mk | tools-ready
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(KCFLAGS) -D__ASSEMBLER__ -MMD -MP -c $< -o $@

# Only the entry point leaves boot/; its copies of library functions stay its own.
$(OUT)/boot.o: $(BOOT_OBJ)
	$(call say,LD,$@)$(LD) -m elf_i386 -r $^ -o $@
	$(call say,OBJCOPY,$@)$(OBJCOPY) --keep-global-symbol=_start $@

$(OUT)/kernel.ld: linker.ld mm/layout.h
	@mkdir -p $(@D)
	$(CC) -E -P -x c -D__ASSEMBLER__ -I. $< -o $@

LINK = $(LD) -m elf_i386 -nostdlib -z noexecstack --no-warn-rwx-segments --fatal-warnings $(COVER_LINK) \
       -T $(OUT)/kernel.ld \
       $(OUT)/boot.o $(KERNEL_OBJ)

$(OUT)/ksyms.0.S: tools/ksyms.py
	@mkdir -p $(@D)
	$(call say,PY,$@)python3 tools/ksyms.py < /dev/null > $@

$(OUT)/tokos.0.elf: $(OUT)/boot.o $(KERNEL_OBJ) $(OUT)/kernel.ld $(OUT)/ksyms.0.S.o
	$(call say,LD,$@)$(LINK) $(OUT)/ksyms.0.S.o -o $@
$(OUT)/ksyms.1.S: $(OUT)/tokos.0.elf tools/ksyms.py
	$(call say,NM,$@)$(NM) -n $< | python3 tools/ksyms.py > $@
$(OUT)/tokos.1.elf: $(OUT)/ksyms.1.S.o
	$(call say,LD,$@)$(LINK) $< -o $@
$(OUT)/ksyms.2.S: $(OUT)/tokos.1.elf tools/ksyms.py
	$(call say,NM,$@)$(NM) -n $< | python3 tools/ksyms.py > $@
$(OUT)/tokos.elf: $(OUT)/ksyms.2.S.o
	$(call say,LD,$@)$(LINK) $< -o $@.part
	$(call say,NM,$@)$(NM) -n $@.part | python3 tools/ksyms.py | cmp - $(OUT)/ksyms.2.S
	@mv $@.part $@

$(OUT)/ksyms.%.S.o: $(OUT)/ksyms.%.S
	$(call say,CC,$@)$(CC) $(KCFLAGS) -c $< -o $@

-include $(BOOT_OBJ:.o=.d) $(KERNEL_OBJ:.o=.d)
